package io.trunkline.config;

import java.time.Duration;

/**
 * Dead peer detection, set on both sides of a session (tcp(7)).
 *
 * @param keepaliveIdle TCP_KEEPIDLE; default 10 s
 * @param keepaliveInterval TCP_KEEPINTVL; default 5 s
 * @param keepaliveCount TCP_KEEPCNT; default 3
 * @param userTimeout TCP_USER_TIMEOUT: how long sent data may stay unacknowledged, or the peer may
 *     take nothing; default 2 min
 */
public record TcpConfig(
    Duration keepaliveIdle, Duration keepaliveInterval, int keepaliveCount, Duration userTimeout) {}
