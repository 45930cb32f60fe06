package io.trunkline.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the daemon can be asked.
 *
 * @param bind the read-only HTTP endpoint; default {@code 127.0.0.1:7000}
 * @param socket the control socket that the command line uses; default {@code
 *     /run/trunkline/admin.sock}
 * @param allowedHosts names that the endpoint may be called by in the Host header, besides
 *     addresses, {@code localhost} and the node's own; default none
 */
public record AdminConfig(HostPort bind, Path socket, List<String> allowedHosts) {
  public AdminConfig {
    allowedHosts = List.copyOf(allowedHosts);
  }
}
