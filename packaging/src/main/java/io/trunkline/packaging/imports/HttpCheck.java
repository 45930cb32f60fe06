package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests to Patroni, one after the other, all of which must be answered as expected. */
record HttpCheck(List<Exchange> exchanges) {
  /** Of Patroni's versions those whose answers differ. */
  private static final int[] VERSIONS = {3, 4};

  HttpCheck {
    exchanges = List.copyOf(exchanges);
  }

  /** A request, and what its answer has to be like: all of that. */
  record Exchange(PatroniRequest request, List<HttpExpect> expected) {
    Exchange {
      expected = List.copyOf(expected);
    }
  }

  static HttpCheck of(PatroniRequest request, HttpExpect... expected) {
    return new HttpCheck(List.of(new Exchange(request, List.of(expected))));
  }

  List<PatroniRequest> requests() {
    return exchanges.stream().map(Exchange::request).toList();
  }

  /**
   * The members that are up by it. Empty when that cannot be told: nobody is, it depends on
   * Patroni's version, or on something that is not in the files.
   */
  Optional<Set<PatroniMember>> passing() {
    List<Set<PatroniMember>> found = new ArrayList<>();
    for (int version : VERSIONS) {
      Set<PatroniMember> passing = EnumSet.noneOf(PatroniMember.class);
      for (PatroniMember member : PatroniMember.values()) {
        Optional<Boolean> passes = passes(member, version);
        if (passes.isEmpty()) {
          return Optional.empty();
        }
        if (passes.get()) {
          passing.add(member);
        }
      }
      if (!passing.isEmpty()) {
        found.add(passing);
      }
    }
    return found.stream().distinct().count() == 1
        ? Optional.of(found.getFirst())
        : Optional.empty();
  }

  private Optional<Boolean> passes(PatroniMember member, int version) {
    boolean all = true;
    for (Exchange exchange : exchanges) {
      Optional<PatroniAnswer> answer = PatroniAnswer.of(exchange.request, member, version);
      for (HttpExpect expect : exchange.expected) {
        Optional<Boolean> met =
            answer.filter(it -> isAboutPatroni(exchange.request, expect)).flatMap(expect::isMet);
        if (met.isEmpty()) {
          return Optional.empty();
        }
        all &= met.get();
      }
    }
    return Optional.of(all);
  }

  /** A text that no member answers is somebody else's, or a name: nothing follows from it. */
  private static boolean isAboutPatroni(PatroniRequest request, HttpExpect expect) {
    if (!expect.isOfBody()) {
      return true;
    }
    for (int version : VERSIONS) {
      for (PatroniMember member : PatroniMember.values()) {
        Optional<Boolean> matches =
            PatroniAnswer.of(request, member, version).flatMap(expect::matches);
        if (matches.orElse(false)) {
          return true;
        }
      }
    }
    return false;
  }
}
