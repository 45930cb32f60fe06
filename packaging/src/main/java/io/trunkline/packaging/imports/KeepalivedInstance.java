package io.trunkline.packaging.imports;

import io.trunkline.packaging.imports.KeepalivedScript.Subject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes the VIPs of one {@code vrrp_instance}: one for each family of its addresses. */
final class KeepalivedInstance {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
  private static final Duration HOUR = Duration.ofHours(1);

  private final KeepalivedStatement instance;
  private final List<KeepalivedStatement> global;
  private final List<KeepalivedStatement> groups;
  private final Map<String, KeepalivedScript> scripts;
  private final Optional<String> member;
  private final Remarks remarks;

  /**
   * @param global what is in {@code global_defs}
   * @param groups each {@code vrrp_sync_group}
   * @param scripts by their names
   * @param member the name of the Patroni member on this node, where another file tells it
   */
  KeepalivedInstance(
      KeepalivedStatement instance,
      List<KeepalivedStatement> global,
      List<KeepalivedStatement> groups,
      Map<String, KeepalivedScript> scripts,
      Optional<String> member,
      Remarks remarks) {
    this.instance = instance;
    this.global = global;
    this.groups = groups;
    this.scripts = scripts;
    this.member = member;
    this.remarks = remarks;
  }

  /** Whether its advertisements are of IPv6; a virtual router has one family. */
  boolean isIpv6() {
    return KeepalivedAddresses.of(instance, new Remarks()).advertised().stream()
        .anyMatch(KeepalivedAddresses::isIpv6);
  }

  /** Empty when there can be none like it, which is remarked. */
  Optional<VipPlan> vip(Set<String> names) {
    KeepalivedAddresses addresses = KeepalivedAddresses.of(instance, remarks);
    String title = "vrrp_instance " + Text.shown(instance.word(1));
    if (addresses.advertised().isEmpty()) {
      remarks.lost(instance.place(), title + ": has no address");
      return Optional.empty();
    }
    Optional<KeepalivedScript> script = decidingScript();
    Subject subject = script.map(KeepalivedScript::subject).orElse(Subject.NODE);
    var settings = new YamlBlock();
    switch (subject) {
      case OTHER_ROLE -> {
        remarks.lost(
            script.get().place(),
            script.get().told()
                + ": no VIP follows a replica, so "
                + title
                + " was left out; a listener of route replica can serve its clients");
        return Optional.empty();
      }
      case LEADER -> {
        remarks.changed(
            script.get().place(),
            script.get().told()
                + ": the VIP follows Patroni's leader by itself (mode: leader), without VRRP;"
                + " priorities no longer count");
        if (member.isEmpty()) {
          remarks.missing(
              instance.place(),
              "member: the name of the Patroni member on this node; without it, the host name");
        }
        member.ifPresent(name -> settings.put("member", name));
      }
      case UNKNOWN -> {
        remarks.missing(
            script.get().place(),
            script.get().told()
                + ": what it checks is not in the file; write mode: leader where it asks for the"
                + " primary, and mode: vrrp where it asks for a proxy");
        vrrp(addresses, settings);
      }
      case NODE -> vrrp(addresses, settings);
    }
    List<String> all = new ArrayList<>(addresses.advertised());
    if (subject == Subject.LEADER) {
      all.addAll(addresses.excluded());
    }
    return Optional.of(
        new VipPlan(
            instance.place(),
            title,
            Text.uniqueName(instance.word(1), "vip", names),
            device(addresses),
            all,
            switch (subject) {
              case LEADER -> "leader";
              case UNKNOWN -> Plan.CHANGE_ME;
              case NODE, OTHER_ROLE -> "vrrp";
            },
            Optional.empty(),
            settings));
  }

  /** The script that says most about where the address is. */
  private Optional<KeepalivedScript> decidingScript() {
    Optional<KeepalivedScript> deciding = Optional.empty();
    for (KeepalivedStatement entry : tracked()) {
      Optional<KeepalivedScript> found = Optional.ofNullable(scripts.get(entry.keyword()));
      if (found.isPresent() && entry.words().contains("reverse")) {
        found =
            Optional.of(
                new KeepalivedScript(
                    entry.place(), Subject.UNKNOWN, found.get().told() + ", reversed"));
      }
      if (found.isPresent()
          && (deciding.isEmpty()
              || found.get().subject().compareTo(deciding.get().subject()) > 0)) {
        deciding = found;
      }
    }
    return deciding;
  }

  /** The entries of its own {@code track_script} and of that of its group. */
  private List<KeepalivedStatement> tracked() {
    Stream<KeepalivedStatement> group =
        groups.stream()
            .filter(
                it ->
                    it.last("group").stream()
                        .flatMap(members -> members.body().stream())
                        .anyMatch(member -> member.words().contains(instance.word(1))));
    return Stream.concat(Stream.of(instance), group)
        .flatMap(it -> it.last("track_script").stream())
        .flatMap(it -> it.body().stream())
        .toList();
  }

  private void vrrp(KeepalivedAddresses addresses, YamlBlock settings) {
    if (!addresses.excluded().isEmpty()) {
      settings.put("excluded_addresses", addresses.excluded());
    }
    settings.put("vrrp", vrrp(addresses.advertised()));
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
    return own.or(addresses::device).orElse(Plan.CHANGE_ME);
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
    if (master && instance.has("preempt_delay")) {
      remarks.changed(
          instance.last("preempt_delay").orElseThrow().place(),
          "preempt_delay: keepalived does not heed it with state MASTER, so it was left out");
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
        KeepalivedKeywords.rest(peer, 1, remarks);
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
