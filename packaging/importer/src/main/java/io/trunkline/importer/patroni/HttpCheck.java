package io.trunkline.importer.patroni;

import io.trunkline.importer.patroni.PatroniAnswer.Setting;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests to Patroni, one after the other, all of which must be answered as expected. */
public record HttpCheck(List<Exchange> exchanges) {
  public HttpCheck {
    exchanges = List.copyOf(exchanges);
  }

  /** A request, and what its answer has to be like: all of that. */
  public record Exchange(PatroniRequest request, List<HttpExpect> expected) {
    public Exchange {
      expected = List.copyOf(expected);
    }
  }

  public static HttpCheck of(PatroniRequest request, HttpExpect... expected) {
    return new HttpCheck(List.of(new Exchange(request, List.of(expected))));
  }

  public List<PatroniRequest> requests() {
    return exchanges.stream().map(Exchange::request).toList();
  }

  /**
   * The members that are up by it. Empty when that cannot be told: nobody is, or it depends on what
   * is not in the files.
   */
  Optional<Set<PatroniMember>> passing() {
    Set<Set<PatroniMember>> found = new HashSet<>();
    for (Setting setting : List.of(Setting.BEFORE_4, Setting.SINCE_4)) {
      Optional<Set<PatroniMember>> passing = passing(setting);
      if (passing.isEmpty() || !passing.equals(passing(setting.replicating()))) {
        return Optional.empty();
      }
      // A check that nobody passes in one version is made for the other.
      passing.filter(it -> !it.isEmpty()).ifPresent(found::add);
    }
    return Optional.of(found).filter(it -> it.size() == 1).map(it -> it.iterator().next());
  }

  private Optional<Set<PatroniMember>> passing(Setting setting) {
    Set<PatroniMember> passing = EnumSet.noneOf(PatroniMember.class);
    for (PatroniMember member : PatroniMember.values()) {
      Optional<Boolean> passes = passes(member, setting);
      if (passes.isEmpty()) {
        return Optional.empty();
      }
      if (passes.get()) {
        passing.add(member);
      }
    }
    return Optional.of(passing);
  }

  private Optional<Boolean> passes(PatroniMember member, Setting setting) {
    boolean all = true;
    for (Exchange exchange : exchanges) {
      Optional<PatroniAnswer> answer = PatroniAnswer.of(exchange.request, member, setting);
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
    for (Setting setting : Setting.values()) {
      for (PatroniMember member : PatroniMember.values()) {
        Optional<Boolean> matches =
            PatroniAnswer.of(request, member, setting).flatMap(expect::matches);
        if (matches.orElse(false)) {
          return true;
        }
      }
    }
    return false;
  }
}
