package io.trunkline.config;

/** The TLS of connections that this node opens to PostgreSQL. */
public record PostgresTls(SslMode mode, TlsFiles files) {}
