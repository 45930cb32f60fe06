package io.trunkline.importer.keepalived;

import io.trunkline.config.ConfigLoader;
import io.trunkline.importer.common.Addresses;
import io.trunkline.importer.common.Durations;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.VipPlan;
import io.trunkline.importer.common.YamlBlock;
import io.trunkline.importer.keepalived.KeepalivedScript.Subject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the VIPs of one {@code vrrp_instance}: one for each family of its addresses.
 *
 * @param global {@code global_defs}
 * @param groups each {@code vrrp_sync_group}
 * @param scripts by their names
 * @param member the name of the Patroni member on this node, where another file tells it
 */
record KeepalivedInstance(
    KeepalivedStatement instance,
    KeepalivedStatement global,
    List<KeepalivedStatement> groups,
    Map<String, KeepalivedScript> scripts,
    Optional<String> member,
    Remarks remarks) {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Predicate<String> VERSION = Set.of("2", "3")::contains;

  /** Keywords that mean nothing without VRRP. */
  private static final Set<String> OF_VRRP =
      Text.words(
          """
          advert_int authentication garp_master_delay garp_master_refresh garp_master_repeat
          nopreempt preempt_delay priority state unicast_peer version virtual_router_id
          """);

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
      instance.takeAll();
      remarks.lost(instance.place(), title + ": has no address");
      return Optional.empty();
    }
    instance.taken(2);
    Optional<KeepalivedScript> script = decidingScript();
    Subject subject = script.map(KeepalivedScript::subject).orElse(Subject.NODE);
    var settings = new YamlBlock();
    switch (subject) {
      case OTHER_ROLE -> {
        instance.takeAll();
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
        withoutVrrp();
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
              case UNKNOWN -> ConfigLoader.CHANGE_ME;
              case NODE, OTHER_ROLE -> "vrrp";
            },
            Optional.empty(),
            settings));
  }

  private void withoutVrrp() {
    instance.body().stream()
        .filter(it -> OF_VRRP.contains(it.keyword()))
        .forEach(
            it -> {
              it.takeAll();
              remarks.replaced(
                  it.place(),
                  "virtual_router_id, advert_int and the like: an address that follows the leader"
                      + " needs no VRRP");
            });
  }

  /** The script that says most about where the address is. */
  private Optional<KeepalivedScript> decidingScript() {
    List<KeepalivedScript> found =
        tracked().stream().flatMap(entry -> script(entry).stream()).toList();
    Optional<KeepalivedScript> deciding =
        found.stream().max(Comparator.comparing(KeepalivedScript::subject));
    for (KeepalivedScript script : found) {
      if (script.subject() == Subject.NODE) {
        script.take();
        remarks.replaced(script.place(), script.told() + KeepalivedScript.BID);
      }
    }
    deciding.ifPresent(KeepalivedScript::take);
    return deciding;
  }

  private Optional<KeepalivedScript> script(KeepalivedStatement entry) {
    Optional<KeepalivedScript> found = Optional.ofNullable(scripts.get(entry.keyword()));
    found.ifPresent(script -> entry.taken(1));
    int reverse = entry.line().words().indexOf("reverse");
    if (reverse < 0) {
      return found;
    }
    entry.line().take(reverse);
    return found.map(
        it -> new KeepalivedScript(it.statement(), Subject.UNKNOWN, it.told() + ", reversed"));
  }

  /** The entries of its own {@code track_script} and of that of its group. */
  private List<KeepalivedStatement> tracked() {
    return Stream.concat(Stream.of(instance), groups.stream().filter(this::isMember))
        .flatMap(it -> it.entries("track_script").stream())
        .toList();
  }

  private boolean isMember(KeepalivedStatement group) {
    boolean member = false;
    for (KeepalivedStatement entry : group.entries("group")) {
      int at = entry.line().words().indexOf(instance.word(1));
      if (at >= 0) {
        entry.line().take(at);
        member = true;
      }
    }
    return member;
  }

  private void vrrp(KeepalivedAddresses addresses, YamlBlock settings) {
    if (!addresses.excluded().isEmpty()) {
      settings.put("excluded_addresses", addresses.excluded());
    }
    settings.put("vrrp", vrrp(addresses.advertised()));
  }

  private String device(KeepalivedAddresses addresses) {
    Optional<String> own = instance.value("interface");
    Optional<String> device = own.or(() -> addresses.devices().stream().findFirst());
    if (addresses.devices().stream().anyMatch(it -> !device.get().equals(it))) {
      remarks.changed(
          instance.place(),
          "dev: the addresses are put on the interface of the instance, which the adverts use");
    }
    if (device.isEmpty()) {
      remarks.missing(instance.place(), "interface: the instance names none; write it");
    }
    return device.orElse(ConfigLoader.CHANGE_ME);
  }

  private YamlBlock vrrp(List<String> addresses) {
    boolean ipv6 = KeepalivedAddresses.isIpv6(addresses.getFirst());
    boolean v3 =
        setting("version", "vrrp_version", VERSION).filter("3"::equals).isPresent() || ipv6;
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
      remarks.missing(instance.place(), "virtual_router_id: write it, a number from 1 to 255");
    }
    return id.orElse(ConfigLoader.CHANGE_ME);
  }

  private String priority() {
    Optional<String> written = instance.value("priority");
    Optional<String> good = written.filter(it -> inRange(it, 1, 255));
    if (written.isPresent() && good.isEmpty()) {
      remarks.changed(
          instance.last("priority").orElseThrow().place(),
          "priority: is not from 1 to 255; 100, keepalived's default, was written");
    }
    return good.orElse("100");
  }

  private static boolean inRange(String text, int least, int most) {
    return Text.isNumber(text) && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most;
  }

  private Duration advertInterval(boolean v3) {
    Duration written = seconds("advert_int", "advert_int").orElse(Duration.ofSeconds(1));
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
    Optional<KeepalivedStatement> nopreempt = instance.last("nopreempt").map(it -> it.taken(1));
    boolean master =
        instance.last("state").filter(it -> it.word(1).equalsIgnoreCase("MASTER")).isPresent();
    if (nopreempt.isPresent() && master) {
      remarks.changed(
          nopreempt.get().place(),
          "nopreempt: keepalived does not heed it with state MASTER, so it was left out; write"
              + " preempt: false on every node where it was meant");
    } else if (nopreempt.isPresent()) {
      vrrp.put("preempt", "false");
      return;
    }
    Optional<KeepalivedStatement> delayed = instance.last("preempt_delay").filter(it -> master);
    if (delayed.isPresent()) {
      delayed.get().taken(2);
      remarks.changed(
          delayed.get().place(),
          "preempt_delay: keepalived does not heed it with state MASTER, so it was left out");
      return;
    }
    seconds("preempt_delay", "preempt_delay")
        .map(delay -> Durations.within(delay, Duration.ZERO, HOUR))
        .ifPresent(delay -> vrrp.put("preempt_delay", Durations.written(delay)));
  }

  private List<String> peers(boolean ipv6) {
    List<String> peers = new ArrayList<>();
    for (KeepalivedStatement peer : instance.entries("unicast_peer")) {
      if (Addresses.isLiteral(peer.keyword()) && peer.keyword().contains(":") == ipv6) {
        peers.add(peer.taken(1).keyword());
      } else {
        peer.takeAll();
        remarks.lost(
            peer.place(),
            "unicast_peer: is not an address of the family of the VIP: %s",
            peer.keyword());
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
      block.get().takeAll();
      remarks.replaced(
          block.get().place(), "authentication: VRRP 3 has none, and keepalived ignores it there");
      return;
    }
    Optional<KeepalivedStatement> type = block.get().taken(1).last("auth_type");
    if (type.filter(it -> it.word(1).equalsIgnoreCase("AH")).isPresent()) {
      block.get().takeAll();
      remarks.lost(
          block.get().place(),
          "auth_type AH: is not spoken; keepalived's manual advises against it");
      return;
    }
    type.filter(it -> it.word(1).equalsIgnoreCase("PASS")).ifPresent(it -> it.taken(2));
    block.get().value("auth_pass").ifPresent(pass -> vrrp.putLiteral("auth_pass", pass));
    block.get().all("auth_pass").forEach(KeepalivedStatement::takeAll);
  }

  private void garp(YamlBlock vrrp) {
    setting("garp_master_repeat", "vrrp_garp_master_repeat", it -> inRange(it, 1, 100))
        .ifPresent(repeat -> vrrp.put("garp_repeat", repeat));
    seconds("garp_master_delay", "vrrp_garp_master_delay")
        .map(delay -> Durations.within(delay, Duration.ZERO, HOUR))
        .ifPresent(delay -> vrrp.put("garp_delay", Durations.written(delay)));
    seconds("garp_master_refresh", "vrrp_garp_master_refresh")
        .map(refresh -> Durations.within(refresh, Duration.ZERO, Duration.ofHours(24)))
        .ifPresent(refresh -> vrrp.put("garp_refresh", Durations.written(refresh)));
  }

  private Optional<Duration> seconds(String keyword, String ofAll) {
    return setting(keyword, ofAll, text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValue()));
  }

  /** Of the instance, or else of {@code global_defs}; what is not good is left. */
  private Optional<String> setting(String keyword, String ofAll, Predicate<String> good) {
    List<KeepalivedStatement> written =
        Stream.of(instance.last(keyword), global.last(ofAll)).flatMap(Optional::stream).toList();
    List<KeepalivedStatement> counting =
        written.stream().filter(it -> good.test(it.word(1))).toList();
    counting.forEach(it -> it.taken(2));
    return counting.stream().map(it -> it.word(1)).findFirst();
  }
}
