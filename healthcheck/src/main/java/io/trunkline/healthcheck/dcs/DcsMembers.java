package io.trunkline.healthcheck.dcs;

import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.routing.EventName;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The {@code members/} keys. Junk costs a member what it stands for, never its place. */
final class DcsMembers {
  private final Journal journal;
  private final TreeMap<String, MemberFacts> facts = new TreeMap<>();
  private final Map<String, Long> seen = new HashMap<>();
  private final TreeMap<String, String> problems = new TreeMap<>();

  DcsMembers(Journal journal) {
    this.journal = journal;
  }

  SortedMap<String, MemberFacts> facts() {
    return Collections.unmodifiableSortedMap(facts);
  }

  void problems(Consumer<String> to) {
    problems.forEach((name, problem) -> to.accept(Keys.MEMBERS + name + ": " + problem));
  }

  void refresh(KeySpace keys) {
    SortedMap<String, Entry> entries = keys.under(Keys.MEMBERS);
    for (String gone : facts.keySet().toArray(String[]::new)) {
      if (!entries.containsKey(gone)) {
        remove(gone);
      }
    }
    entries.forEach(this::refresh);
  }

  private void refresh(String name, Entry entry) {
    if (seen.getOrDefault(name, 0L) == entry.modRevision()) {
      return;
    }
    boolean added = !facts.containsKey(name);
    if (added && facts.size() >= MemberFacts.MAX_MEMBERS) {
      return;
    }
    seen.put(name, entry.modRevision());
    MemberFacts before = facts.getOrDefault(name, MemberFacts.NONE);
    try {
      KeyParsers.MemberKey key = KeyParsers.member(entry);
      boolean whole = key.problems().isEmpty();
      facts.put(name, whole ? key.facts() : key.facts().orAddressesOf(before));
      problem(name, String.join("; ", key.problems()));
    } catch (JunkException e) {
      facts.put(name, before.withoutWords());
      problem(name, String.valueOf(e.getMessage()));
    }
  }

  /** What is wrong with a key now; told when it begins. Empty: nothing. */
  private void problem(String name, String problem) {
    if (problem.isEmpty()) {
      problems.remove(name);
    } else if (problems.put(name, problem) == null) {
      journal.tell(EventName.MEMBER_KEY_UNREADABLE, "member", name, "reason", problem);
    }
  }

  private void remove(String name) {
    facts.remove(name);
    seen.remove(name);
    problems.remove(name);
  }
}
