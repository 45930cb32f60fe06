package io.trunkline.importer.keepalived;

import io.trunkline.config.Cidr;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Remarks;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The virtual addresses of an instance.
 *
 * @param advertised in the advertisements, all of one family
 * @param excluded those that move with them
 * @param devices the interfaces that they name
 */
record KeepalivedAddresses(List<String> advertised, List<String> excluded, List<String> devices) {

  static KeepalivedAddresses of(KeepalivedStatement instance, Remarks remarks) {
    Set<String> advertised = new LinkedHashSet<>();
    Set<String> excluded = new LinkedHashSet<>();
    List<KeepalivedStatement> entries = instance.entries("virtual_ipaddress");
    for (KeepalivedStatement entry : entries) {
      Optional<String> address = cidr(entry, remarks);
      if (address.isEmpty()) {
        continue;
      }
      if (advertised.isEmpty() || isIpv6(advertised.iterator().next()) == isIpv6(address.get())) {
        advertised.add(address.get());
      } else {
        excluded.add(address.get());
        remarks.changed(
            entry.place(),
            "virtual_ipaddress: keepalived ignores an address of another family than the first; it"
                + " moves with the VIP now, without being advertised");
      }
    }
    List<KeepalivedStatement> more = instance.entries("virtual_ipaddress_excluded");
    more.forEach(entry -> cidr(entry, remarks).ifPresent(excluded::add));
    excluded.removeAll(advertised);
    return new KeepalivedAddresses(
        List.copyOf(advertised),
        List.copyOf(excluded),
        Stream.concat(entries.stream(), more.stream())
            .flatMap(entry -> device(entry, remarks).stream())
            .distinct()
            .toList());
  }

  /** What else a line says. */
  private static Optional<String> device(KeepalivedStatement entry, Remarks remarks) {
    Optional<String> device = Optional.empty();
    Line line = entry.line();
    for (int i = 1; i < line.words().size(); i++) {
      switch (line.word(i)) {
        case "dev" -> {
          line.take(i);
          device = Optional.of(line.take(++i)).filter(it -> !it.isEmpty());
        }
        case "label", "scope", "brd", "broadcast" -> {
          line.take(i);
          line.take(++i);
          remarks.replaced(
              entry.place(),
              "label, scope, brd: addresses are added without a label, as global ones");
        }
        case "home", "-nodad", "no_track" ->
            remarks.replaced(entry.place(), line.take(i) + ": is not needed");
        default -> {}
      }
    }
    return device;
  }

  /** Without a prefix length it is one address alone, as keepalived has it. */
  private static Optional<String> cidr(KeepalivedStatement entry, Remarks remarks) {
    String text = entry.taken(1).keyword();
    try {
      Cidr cidr = Cidr.parse(text);
      return Optional.of(text.contains("/") ? text : text + "/" + cidr.prefix());
    } catch (IllegalArgumentException e) {
      entry.takeAll();
      remarks.lost(entry.place(), "virtual_ipaddress: is not an address: %s", text);
      return Optional.empty();
    }
  }

  static boolean isIpv6(String cidr) {
    return cidr.contains(":");
  }
}
