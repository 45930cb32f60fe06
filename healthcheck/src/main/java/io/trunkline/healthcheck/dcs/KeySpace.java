package io.trunkline.healthcheck.dcs;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The keys of one cluster, in revision order: whatever the order in which answers come, an older
 * one never overwrites what a newer one said, deletions included.
 */
public final class KeySpace {
  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final Map<String, Long> deletions = new HashMap<>();
  private long floor;
  private long revision;

  /** The newest revision that anything here was learnt at. */
  public long revision() {
    return revision;
  }

  Optional<Entry> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** The keys with that prefix, named without it. */
  SortedMap<String, Entry> under(String prefix) {
    SortedMap<String, Entry> found = new TreeMap<>();
    entries
        .subMap(prefix, prefix + Character.MAX_VALUE)
        .forEach((key, entry) -> found.put(key.substring(prefix.length()), entry));
    return found;
  }

  /** A put was seen. Whether it was news. */
  public boolean put(String key, Entry entry) {
    revision = Math.max(revision, entry.modRevision());
    if (!Keys.relevant(key) || entry.modRevision() <= lastChange(key)) {
      return false;
    }
    entries.put(key, entry);
    deletions.remove(key);
    return true;
  }

  /** A deletion was seen, or an absence at that revision. Whether it was news. */
  public boolean delete(String key, long at) {
    revision = Math.max(revision, at);
    if (at <= lastChange(key)) {
      return false;
    }
    if (Keys.relevant(key)) {
      deletions.put(key, at);
    }
    return entries.remove(key) != null;
  }

  /** One key was read at that revision. Whether it was news. */
  public boolean read(String key, Optional<Entry> entry, long at) {
    boolean news = entry.map(found -> put(key, found)).orElseGet(() -> delete(key, at));
    revision = Math.max(revision, at);
    return news;
  }

  /** All keys were read at that revision. Whether anything was news. */
  public boolean readAll(Map<String, Entry> found, long at) {
    boolean news = false;
    for (String key : entries.keySet().toArray(String[]::new)) {
      if (!found.containsKey(key)) {
        news |= delete(key, at);
      }
    }
    for (Map.Entry<String, Entry> entry : found.entrySet()) {
      news |= put(entry.getKey(), entry.getValue());
    }
    floor = Math.max(floor, at);
    deletions.values().removeIf(deletedAt -> deletedAt <= floor);
    revision = Math.max(revision, at);
    return news;
  }

  /** Forgets everything: etcd's history is another one than it was. */
  public void clear() {
    entries.clear();
    deletions.clear();
    floor = 0;
    revision = 0;
  }

  private long lastChange(String key) {
    Entry entry = entries.get(key);
    return entry != null ? entry.modRevision() : deletions.getOrDefault(key, floor);
  }
}
