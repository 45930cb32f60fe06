package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.lab.Certificates;
import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.VirtualAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The lab of a soak: three members with a synchronous standby, three proxies with a VIP. */
final class Site {
  static final int WRITE = 5000;
  static final int READ = 5001;
  static final int TLS = 5002;

  /** The name of the VIP. */
  static final String VIP = "main";

  /** Where the proxies keep the timeline mark: a small file system in memory that can be filled. */
  static final String STATE_DISK = "/dev/shm";

  /** {@link #MAX_LAG_KEY} as a number of bytes. */
  static final long MAX_LAG = 256 * 1024;

  private static final String MAX_LAG_KEY = "max_lag: 256kB";
  private static final String SMALLER_LAG_KEY = "max_lag: 255kB";

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private Site() {}

  static LabOptions options(boolean drivers) {
    LabOptions options =
        LabOptions.plain()
            .withSynchronousMode()
            .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE)
            .withStations(1);
    return drivers ? options.withDrivers() : options;
  }

  /** Has the proxies share a VIP, keep sessions and end TLS. */
  static VirtualAddress furnish(Lab lab, Certificates certificates) {
    VirtualAddress vip = new VirtualAddress(lab.spareAddress(1));
    String settings = settings(vip.address());
    for (ProxyNode proxy : lab.proxies()) {
      renew(certificates, proxy);
      KeptLab.with(lab, proxy, WRITE, settings);
    }
    return vip;
  }

  private static String settings(String vip) {
    return """
    state_dir: %s
    drain_timeout: 3s
    upgrade_timeout: 20s
    listeners:
      - {name: write, bind: "0.0.0.0:5000", route: primary, keep_sessions: always}
      - {name: read, bind: "0.0.0.0:5001", route: replica, fallback: primary, %s}
      - name: tls
        bind: "0.0.0.0:5002"
        route: primary
        keep_sessions: always
        tls: {mode: terminate, cert: /lab/etc/tls/node.crt, key: /lab/etc/tls/node.key, require: true}
    vips:
      - {name: %s, interface: eth0, addresses: [%s/24], mode: vrrp}
    """
        .formatted(STATE_DISK, MAX_LAG_KEY, VIP, vip);
  }

  /** A new key and certificate for the node's listener with TLS. */
  static void renew(Certificates certificates, ProxyNode proxy) {
    certificates.issue(proxy.file("etc/tls"), proxy.name(), proxy.address());
  }

  /** The configuration with one change, or without it again. */
  static String changed(String configuration) {
    return configuration.contains(MAX_LAG_KEY)
        ? configuration.replace(MAX_LAG_KEY, SMALLER_LAG_KEY)
        : configuration.replace(SMALLER_LAG_KEY, MAX_LAG_KEY);
  }

  static String clock(Instant moment) {
    return CLOCK.format(moment);
  }
}
