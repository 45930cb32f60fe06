package io.trunkline.healthcheck;

import io.netty.handler.ssl.SslContext;
import io.trunkline.config.Validity;
import java.util.List;

/** Certificates and keys, read or not. */
sealed interface TlsState {

  /**
   * They are usable.
   *
   * @param validities until when the certificates are valid
   */
  record Ready(SslContext context, List<Validity> validities) implements TlsState {}

  /** They are not, for this reason. */
  record Broken(String reason) implements TlsState {}
}
