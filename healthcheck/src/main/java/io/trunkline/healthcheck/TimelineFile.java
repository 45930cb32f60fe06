package io.trunkline.healthcheck;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.routing.Event.Severity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Remembers the timeline mark across restarts: a small file, replaced as a whole. */
final class TimelineFile {
  private final Path file;
  private final Executor workers;
  private final Journal journal;
  private CompletableFuture<Void> writes = CompletableFuture.completedFuture(null);
  private volatile boolean told;

  TimelineFile(Path directory, String cluster, Executor workers, Journal journal) {
    this.file = directory.resolve(cluster.replaceAll("[^A-Za-z0-9._-]", "_") + ".timeline");
    this.workers = workers;
    this.journal = journal;
  }

  /** What was saved last; nothing when there is nothing readable. Blocks. */
  TimelineTracker.Saved read() {
    try {
      if (!Files.exists(file)) {
        return TimelineTracker.Saved.NONE;
      }
      if (Files.size(file) > 4096) {
        throw new JunkException("too large");
      }
      ObjectNode json = Json.object(Files.readString(file));
      return new TimelineTracker.Saved(
          Json.text(json, "system_id").orElse(""),
          Json.number(json, "timeline").orElse(0),
          Json.text(json, "member"),
          Json.number(json, "accepted_history").orElse(0));
    } catch (IOException | JunkException e) {
      complain("read", e);
      return TimelineTracker.Saved.NONE;
    }
  }

  /** Writes it, after all earlier writes, off the caller's thread. */
  void write(TimelineTracker.Saved saved) {
    ObjectNode json = Json.newObject();
    json.put("system_id", saved.systemId());
    json.put("timeline", saved.timeline());
    saved.member().ifPresent(member -> json.put("member", member));
    json.put("accepted_history", saved.acceptedHistory());
    String text = json + "\n";
    writes = writes.thenRunAsync(() -> write(text), workers);
  }

  private void write(String text) {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(next, text.getBytes(StandardCharsets.UTF_8));
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      complain("write", e);
    }
  }

  private void complain(String verb, Exception e) {
    if (!told) {
      told = true;
      journal.tell(
          Severity.WARN, "timeline_file_failed", "file", file, "action", verb, "reason", e);
    }
  }
}
