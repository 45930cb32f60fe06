package io.trunkline.config;

import java.nio.file.Path;

/**
 * Where the daemon can be asked.
 *
 * @param bind the read-only HTTP endpoint; default {@code 127.0.0.1:7000}
 * @param socket the control socket that the command line uses; default {@code
 *     /run/trunkline/admin.sock}
 */
public record AdminConfig(HostPort bind, Path socket) {}
