package io.trunkline.loadtest.lab;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a lab is built.
 *
 * @param tls etcd, Patroni's REST API and PostgreSQL speak TLS only, with a CA of the lab's own
 * @param members database nodes, three or more; the first three run etcd
 * @param proxies what runs on each proxy node, in order
 * @param dcs Patroni's dynamic configuration, as in {@code bootstrap.dcs}
 * @param maxConnections PostgreSQL's max_connections
 * @param trunkline YAML appended to the configuration of each Trunkline node
 * @param stations machines of their own for clients and observers
 * @param plaintext with {@code tls}: PostgreSQL also takes clients without it
 * @param drivers the stations have the drivers of {@code loadtest/lab/clients}
 * @param stack the versions of Patroni, PostgreSQL and etcd
 */
public record LabOptions(
    boolean tls,
    int members,
    List<ProxyKind> proxies,
    Map<String, Object> dcs,
    int maxConnections,
    String trunkline,
    int stations,
    boolean plaintext,
    boolean drivers,
    Stack stack) {

  public LabOptions {
    proxies = List.copyOf(proxies);
    dcs = Collections.unmodifiableMap(new TreeMap<>(dcs));
    if (members < 3) {
      throw new IllegalArgumentException("members: the first three run etcd, so at least 3");
    }
  }

  /** Three plain members, no proxy, the shortest lease that Patroni takes. */
  public static LabOptions plain() {
    Map<String, Object> dcs =
        Map.of("ttl", 20, "loop_wait", 2, "retry_timeout", 8, "maximum_lag_on_failover", 1048576);
    return new LabOptions(false, 3, List.of(), dcs, 200, "", 0, false, false, Stack.chosen());
  }

  public static LabOptions encrypted() {
    return plain().withTls();
  }

  public LabOptions withTls() {
    return new LabOptions(
        true,
        members,
        proxies,
        dcs,
        maxConnections,
        trunkline,
        stations,
        plaintext,
        drivers,
        stack);
  }

  public LabOptions withMembers(int count) {
    return new LabOptions(
        tls, count, proxies, dcs, maxConnections, trunkline, stations, plaintext, drivers, stack);
  }

  public LabOptions withProxies(ProxyKind... kinds) {
    return new LabOptions(
        tls,
        members,
        List.of(kinds),
        dcs,
        maxConnections,
        trunkline,
        stations,
        plaintext,
        drivers,
        stack);
  }

  /** Sets a key of Patroni's dynamic configuration: {@code ttl}, {@code loop_wait} and so on. */
  public LabOptions withDcs(String key, Object value) {
    Map<String, Object> more = new TreeMap<>(dcs);
    more.put(key, value);
    return new LabOptions(
        tls,
        members,
        proxies,
        more,
        maxConnections,
        trunkline,
        stations,
        plaintext,
        drivers,
        stack);
  }

  public LabOptions withFailsafeMode() {
    return withDcs("failsafe_mode", true);
  }

  public LabOptions withSynchronousMode() {
    return withDcs(Patroni.SYNCHRONOUS_MODE, true);
  }

  public LabOptions withMaxConnections(int count) {
    return new LabOptions(
        tls, members, proxies, dcs, count, trunkline, stations, plaintext, drivers, stack);
  }

  public LabOptions withTrunkline(String yaml) {
    return new LabOptions(
        tls, members, proxies, dcs, maxConnections, yaml, stations, plaintext, drivers, stack);
  }

  public LabOptions withStations(int count) {
    return new LabOptions(
        tls, members, proxies, dcs, maxConnections, trunkline, count, plaintext, drivers, stack);
  }

  /** TLS everywhere, and PostgreSQL takes clients without it as well. */
  public LabOptions withTlsAndPlaintext() {
    return new LabOptions(
        true, members, proxies, dcs, maxConnections, trunkline, stations, true, drivers, stack);
  }

  /** The stations run the image of {@code loadtest/lab/clients}. */
  public LabOptions withDrivers() {
    return new LabOptions(
        tls, members, proxies, dcs, maxConnections, trunkline, stations, plaintext, true, stack);
  }

  /** Instead of the stack that the environment names. */
  public LabOptions withStack(Stack other) {
    return new LabOptions(
        tls, members, proxies, dcs, maxConnections, trunkline, stations, plaintext, drivers, other);
  }
}
