package io.trunkline.importer.common;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How etcd is reached.
 *
 * @param place the section that says it
 * @param hosts host and port each
 * @param password a secret
 */
public record EtcdPlan(
    Place place,
    List<String> hosts,
    boolean https,
    Optional<String> cacert,
    Optional<String> cert,
    Optional<String> key,
    Optional<String> username,
    Optional<String> password) {
  public EtcdPlan {
    hosts = List.copyOf(hosts);
  }

  public List<String> files() {
    return Stream.of(cacert, cert, key).flatMap(Optional::stream).toList();
  }

  public void write(YamlBlock etcd) {
    etcd.put("hosts", hosts);
    if (https) {
      etcd.put("protocol", "https");
      cacert.ifPresent(path -> etcd.put("cacert", path));
      cert.ifPresent(path -> etcd.put("cert", path));
      key.filter(path -> cert.isPresent()).ifPresent(path -> etcd.put("key", path));
    }
    if (username.isPresent() && password.isPresent()) {
      etcd.put("username", username.get());
      etcd.putLiteral("password", password.get());
    }
  }

  /** Endpoints that may be URLs, as host and port; the scheme of a URL is not part of them. */
  public static List<String> endpoints(List<String> texts) {
    List<String> hosts = new ArrayList<>();
    for (String text : texts) {
      String host = text.replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", "");
      hosts.add(host.substring(host.lastIndexOf('@') + 1));
    }
    return hosts.stream().filter(it -> !it.isEmpty()).distinct().toList();
  }

  @Override
  public String toString() {
    return "EtcdPlan[" + place + "]";
  }
}
