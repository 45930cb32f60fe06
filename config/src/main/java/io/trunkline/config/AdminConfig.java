package io.trunkline.config;

import java.nio.file.Path;
import java.util.List;

/** Where the daemon can be asked. */
public record AdminConfig(HostPort bind, Path socket, List<String> allowedHosts) {
  public AdminConfig {
    allowedHosts = List.copyOf(allowedHosts);
  }
}
