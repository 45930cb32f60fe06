package io.trunkline.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;

/** PostgreSQL's protocol by its registered name (PostgreSQL docs: "SSL Session Encryption"). */
final class Alpn {
  static final String POSTGRESQL = "postgresql";

  static final ApplicationProtocolConfig CONFIG =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          POSTGRESQL);

  private Alpn() {}
}
