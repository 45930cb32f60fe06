package io.trunkline.config;

import java.time.Duration;

/** Dead peer detection, set on both sides of a session (tcp(7)). */
public record TcpConfig(
    Duration keepaliveIdle, Duration keepaliveInterval, int keepaliveCount, Duration userTimeout) {}
