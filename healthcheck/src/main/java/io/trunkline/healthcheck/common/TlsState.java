package io.trunkline.healthcheck.common;

import io.netty.handler.ssl.SslContext;

/** Certificates and keys, read or not. */
public sealed interface TlsState {

  /** They are usable. */
  record Ready(SslContext context) implements TlsState {}

  /** They are not, for this reason. */
  record Broken(String reason) implements TlsState {}
}
