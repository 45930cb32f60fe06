package io.trunkline.packaging.imports;

import io.trunkline.config.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The virtual addresses of an instance.
 *
 * @param own of the family that the adverts are of
 * @param other of the other family
 * @param device the one interface that they name, if they do
 */
record KeepalivedAddresses(List<String> own, List<String> other, Optional<String> device) {

  static KeepalivedAddresses of(KeepalivedStatement instance, Remarks remarks) {
    List<String> own = new ArrayList<>();
    List<String> other = new ArrayList<>();
    Optional<String> device = Optional.empty();
    for (KeepalivedStatement entry : entries(instance)) {
      Optional<String> address = cidr(entry, remarks);
      if (address.isEmpty()) {
        continue;
      }
      if (own.isEmpty() || isIpv6(own.getFirst()) == isIpv6(address.get())) {
        own.add(address.get());
      } else {
        other.add(address.get());
      }
      int dev = entry.words().indexOf("dev");
      if (dev > 0 && device.isEmpty()) {
        device = Optional.of(entry.word(dev + 1)).filter(it -> !it.isEmpty());
      }
      if (Stream.of("label", "scope", "brd", "home", "-nodad").anyMatch(entry.words()::contains)) {
        remarks.replaced(
            entry.place(),
            "label, scope, brd: addresses are added without a label, as global ones");
      }
    }
    instance
        .last("virtual_ipaddress_excluded")
        .ifPresent(
            excluded ->
                remarks.changed(
                    excluded.place(),
                    "virtual_ipaddress_excluded: all addresses are in the adverts, which keepalived"
                        + " on another node ignores with a warning"));
    return new KeepalivedAddresses(
        own.stream().distinct().toList(), other.stream().distinct().toList(), device);
  }

  private static List<KeepalivedStatement> entries(KeepalivedStatement instance) {
    return Stream.of("virtual_ipaddress", "virtual_ipaddress_excluded")
        .flatMap(keyword -> instance.last(keyword).stream())
        .flatMap(block -> block.body().stream())
        .toList();
  }

  /** Without a prefix length it is one address alone, as keepalived has it. */
  private static Optional<String> cidr(KeepalivedStatement entry, Remarks remarks) {
    String text = entry.keyword();
    try {
      Cidr cidr = Cidr.parse(text);
      return Optional.of(text.contains("/") ? text : text + "/" + cidr.prefix());
    } catch (IllegalArgumentException e) {
      remarks.lost(entry.place(), "virtual_ipaddress: is not an address: " + Text.shown(text));
      return Optional.empty();
    }
  }

  static boolean isIpv6(String cidr) {
    return cidr.contains(":");
  }
}
