package io.trunkline.importer.common;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cluster that is to be written; filled from one file after the other. */
public final class ClusterPlan {
  private final Place place;
  private final String title;
  private final Optional<Scope> scope;
  private final List<String> restHosts = new ArrayList<>();
  private final List<String> postgresHosts = new ArrayList<>();
  private final List<String> poolers = new ArrayList<>();
  private @Nullable EtcdPlan etcd;
  private @Nullable EtcdPlan etcdOfApi2;
  private RestTls rest = RestTls.UNKNOWN;
  private Optional<String> postgresPort = Optional.empty();
  private String name = "";
  private @Nullable Doubt doubt;
  private boolean otherStore;

  /** What is missing unless another file says how the REST API is asked. */
  public record Doubt(Place place, String message) {}

  public ClusterPlan(Place place, String title, Optional<Scope> scope) {
    this.place = place;
    this.title = title;
    this.scope = scope;
  }

  public Place place() {
    return place;
  }

  public String title() {
    return title;
  }

  public Optional<Scope> scope() {
    return scope;
  }

  public Optional<EtcdPlan> etcd() {
    return Optional.ofNullable(etcd);
  }

  /** Where Patroni keeps its state in a form that Trunkline does not read. */
  public Optional<EtcdPlan> etcdOfApi2() {
    return Optional.ofNullable(etcdOfApi2);
  }

  /** It keeps its state in Consul or the like, which is not read. */
  public void otherStore() {
    otherStore = true;
  }

  public boolean hasOtherStore() {
    return otherStore;
  }

  public List<String> restHosts() {
    return restHosts;
  }

  public RestTls rest() {
    return rest;
  }

  public Optional<String> postgresPort() {
    return postgresPort;
  }

  public String name() {
    return name;
  }

  public void name(String given) {
    name = given;
  }

  /** What is told first counts. */
  public void etcd(EtcdPlan told) {
    etcd = etcd == null ? told : etcd;
  }

  public void etcdOfApi2(EtcdPlan told) {
    etcdOfApi2 = etcdOfApi2 == null ? told : etcdOfApi2;
  }

  public void restHost(String hostPort) {
    if (!restHosts.contains(hostPort)) {
      restHosts.add(hostPort);
    }
  }

  public void postgres(String hostPort) {
    postgresHosts.add(hostPort);
    int colon = hostPort.lastIndexOf(':');
    if (colon >= 0 && Text.isNumber(hostPort.substring(colon + 1))) {
      postgresPort = Optional.of(hostPort.substring(colon + 1));
    }
  }

  /** A pooler that one of its members announces. */
  public void pooler(String hostPort) {
    poolers.add(hostPort);
  }

  /** Whether its members announce poolers on that port, where PostgreSQL does not listen. */
  public boolean hasPoolers(String port) {
    return poolers.stream().anyMatch(it -> it.endsWith(":" + port))
        && !postgresPort.equals(Optional.of(port));
  }

  public void rest(RestTls told) {
    if (told.known()) {
      rest = told;
      doubt = null;
    }
  }

  public void doubt(Place at, String message) {
    doubt = new Doubt(at, message);
  }

  public Optional<Doubt> doubt() {
    return Optional.ofNullable(doubt);
  }

  /** Those that the proxy asked until now, instead of what else is known. */
  public void restHosts(List<String> asked) {
    restHosts.clear();
    asked.forEach(this::restHost);
  }

  public boolean hasRest(String hostPort) {
    return restHosts.contains(hostPort);
  }

  /** Whether PostgreSQL of one of its members, or a pooler beside it, listens there. */
  public boolean hasPostgres(String hostPort) {
    return postgresHosts.contains(hostPort) || poolers.contains(hostPort);
  }

  /** Whether one of its members is on that host. */
  public boolean hasHost(String host) {
    return Stream.concat(postgresHosts.stream(), restHosts.stream())
        .anyMatch(it -> host(it).equals(host));
  }

  /** Whether a file names a member of it, other than as the machine that the file is on. */
  public boolean hasHosts() {
    return Stream.concat(postgresHosts.stream(), restHosts.stream())
        .anyMatch(it -> !Addresses.isLocal(it));
  }

  public static String host(String hostPort) {
    return hostPort.replaceFirst(":[^:\\]]*$", "").replaceAll("[\\[\\]]", "");
  }
}
