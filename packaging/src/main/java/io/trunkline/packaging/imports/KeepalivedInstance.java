package io.trunkline.packaging.imports;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes the VIPs of one {@code vrrp_instance}: one for each family of its addresses. */
final class KeepalivedInstance {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
  private static final Duration HOUR = Duration.ofHours(1);

  private final KeepalivedStatement instance;
  private final List<KeepalivedStatement> global;
  private final Set<String> names;
  private final Remarks remarks;

  KeepalivedInstance(
      KeepalivedStatement instance,
      List<KeepalivedStatement> global,
      Set<String> names,
      Remarks remarks) {
    this.instance = instance;
    this.global = global;
    this.names = names;
    this.remarks = remarks;
  }

  List<VipPlan> vips() {
    KeepalivedAddresses addresses = KeepalivedAddresses.of(instance, remarks);
    if (addresses.own().isEmpty()) {
      remarks.lost(
          instance.place(), "vrrp_instance " + Text.shown(instance.word(1)) + ": has no address");
      return List.of();
    }
    String device = device(addresses);
    List<VipPlan> vips = new ArrayList<>();
    vips.add(vip(device, addresses.own()));
    if (!addresses.other().isEmpty()) {
      remarks.changed(
          instance.place(),
          "the addresses of the other family have a virtual router of their own, of version 3");
      vips.add(vip(device, addresses.other()));
    }
    return vips;
  }

  private VipPlan vip(String device, List<String> addresses) {
    return new VipPlan(
        instance.place(),
        "vrrp_instance " + instance.word(1),
        Text.uniqueName(instance.word(1), "vip", names),
        device,
        addresses,
        "vrrp",
        Optional.empty(),
        new YamlBlock().put("vrrp", vrrp(addresses)));
  }

  private String device(KeepalivedAddresses addresses) {
    Optional<String> own = instance.value("interface");
    if (own.isPresent() && addresses.device().filter(it -> !own.get().equals(it)).isPresent()) {
      remarks.changed(
          instance.place(),
          "dev: the addresses are put on the interface of the instance, which the adverts use");
    }
    if (own.or(addresses::device).isEmpty()) {
      remarks.missing(instance.place(), "interface: the instance names none; write it");
    }
    return own.or(addresses::device).orElse("CHANGE_ME");
  }

  private YamlBlock vrrp(List<String> addresses) {
    boolean ipv6 = KeepalivedAddresses.isIpv6(addresses.getFirst());
    boolean v3 = ipv6 || setting("version", "vrrp_version").filter("3"::equals).isPresent();
    var vrrp = new YamlBlock();
    vrrp.put("version", v3 ? "3" : "2");
    vrrp.put("router_id", routerId());
    vrrp.comment("Of this node; the other nodes have their own.");
    vrrp.put("priority", priority());
    vrrp.put("advert_interval", Durations.written(advertInterval(v3)));
    preemption(vrrp);
    List<String> peers = peers(ipv6);
    if (!peers.isEmpty()) {
      vrrp.put("unicast_peers", peers);
    }
    authentication(v3, vrrp);
    garp(vrrp);
    return vrrp;
  }

  private String routerId() {
    Optional<String> id = instance.value("virtual_router_id").filter(it -> inRange(it, 1, 255));
    if (id.isEmpty()) {
      remarks.missing(
          instance.place(), "virtual_router_id: a number from 1 to 255; 51 was written");
    }
    return id.orElse("51");
  }

  private String priority() {
    Optional<KeepalivedStatement> written = instance.last("priority");
    Optional<String> good = written.map(it -> it.word(1)).filter(it -> inRange(it, 1, 255));
    if (written.isPresent() && good.isEmpty()) {
      remarks.missing(
          written.get().place(), "priority: is not from 1 to 255; 100, the default, was written");
    }
    return good.orElse("100");
  }

  private static boolean inRange(String text, int least, int most) {
    return Text.isNumber(text) && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most;
  }

  private Duration advertInterval(boolean v3) {
    Duration written = seconds("advert_int", Optional.empty()).orElse(Duration.ofSeconds(1));
    Duration interval =
        v3
            ? Durations.within(
                Duration.ofMillis((written.toMillis() + 5) / 10 * 10),
                Duration.ofMillis(10),
                Duration.ofMillis(40_950))
            : Durations.within(
                Duration.ofSeconds((written.toMillis() + 999) / 1000),
                Duration.ofSeconds(1),
                Duration.ofSeconds(255));
    if (!interval.equals(written)) {
      instance
          .last("advert_int")
          .ifPresent(
              it ->
                  remarks.changed(
                      it.place(),
                      "advert_int: version %s has steps of %s; %s was written"
                          .formatted(
                              v3 ? "3" : "2", v3 ? "10ms" : "1s", Durations.written(interval))));
    }
    return interval;
  }

  /** keepalived drops nopreempt when the instance begins as MASTER. */
  private void preemption(YamlBlock vrrp) {
    Optional<KeepalivedStatement> nopreempt = instance.last("nopreempt");
    boolean master = instance.value("state").filter("MASTER"::equalsIgnoreCase).isPresent();
    if (nopreempt.isPresent() && master) {
      remarks.changed(
          nopreempt.get().place(),
          "nopreempt: keepalived does not heed it with state MASTER, so it was left out; write"
              + " preempt: false on every node where it was meant");
    } else if (nopreempt.isPresent()) {
      vrrp.put("preempt", "false");
      return;
    }
    seconds("preempt_delay", Optional.empty())
        .map(delay -> Durations.within(delay, Duration.ZERO, HOUR))
        .ifPresent(delay -> vrrp.put("preempt_delay", Durations.written(delay)));
  }

  private List<String> peers(boolean ipv6) {
    List<String> peers = new ArrayList<>();
    for (KeepalivedStatement peer :
        instance.last("unicast_peer").map(KeepalivedStatement::body).orElse(List.of())) {
      if (Addresses.isLiteral(peer.keyword()) && peer.keyword().contains(":") == ipv6) {
        peers.add(peer.keyword());
      } else {
        remarks.lost(
            peer.place(),
            "unicast_peer: is not an address of the family of the VIP: "
                + Text.shown(peer.keyword()));
      }
    }
    return peers;
  }

  private void authentication(boolean v3, YamlBlock vrrp) {
    Optional<KeepalivedStatement> block = instance.last("authentication");
    if (block.isEmpty()) {
      return;
    }
    if (v3) {
      remarks.replaced(
          block.get().place(), "authentication: VRRP 3 has none, and keepalived ignores it there");
    } else if (block.get().value("auth_type").filter("AH"::equalsIgnoreCase).isPresent()) {
      remarks.lost(
          block.get().place(),
          "auth_type AH: is not spoken; keepalived's manual advises against it");
    } else {
      block.get().value("auth_pass").ifPresent(pass -> vrrp.putLiteral("auth_pass", pass));
    }
  }

  private void garp(YamlBlock vrrp) {
    setting("garp_master_repeat", "vrrp_garp_master_repeat")
        .filter(it -> inRange(it, 1, 100))
        .ifPresent(repeat -> vrrp.put("garp_repeat", repeat));
    seconds("garp_master_delay", Optional.of("vrrp_garp_master_delay"))
        .map(delay -> Durations.within(delay, Duration.ZERO, HOUR))
        .ifPresent(delay -> vrrp.put("garp_delay", Durations.written(delay)));
    seconds("garp_master_refresh", Optional.of("vrrp_garp_master_refresh"))
        .map(refresh -> Durations.within(refresh, Duration.ZERO, Duration.ofHours(24)))
        .ifPresent(refresh -> vrrp.put("garp_refresh", Durations.written(refresh)));
  }

  private Optional<Duration> seconds(String keyword, Optional<String> ofAll) {
    return setting(keyword, ofAll.orElse(keyword))
        .filter(text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValue()));
  }

  /** Of the instance, or else of {@code global_defs}. */
  private Optional<String> setting(String keyword, String ofAll) {
    return instance
        .value(keyword)
        .or(
            () ->
                global.reversed().stream()
                    .filter(it -> it.keyword().equals(ofAll))
                    .map(it -> it.word(1))
                    .findFirst());
  }
}
