package io.trunkline.healthcheck.timeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.routing.EventName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Remembers the timeline mark across restarts: a small file, replaced as a whole. */
public final class TimelineFile implements TimelineStore {
  private final Path file;
  private final Executor workers;
  private final Journal journal;
  private CompletableFuture<Void> writes = CompletableFuture.completedFuture(null);
  private volatile @Nullable String unwritten;
  private volatile boolean told;

  public TimelineFile(Path directory, String cluster, Executor workers, Journal journal) {
    this.file = directory.resolve(cluster.replaceAll("[^A-Za-z0-9._-]", "_") + ".timeline");
    this.workers = workers;
    this.journal = journal;
  }

  @Override
  public TimelineTracker.Saved read() {
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
          Json.timeline(json, "timeline").orElse(0),
          Json.text(json, "member"),
          Json.number(json, "accepted_history").orElse(0),
          Json.text(json, "leader"));
    } catch (IOException | JunkException e) {
      complain("read", e);
      return TimelineTracker.Saved.NONE;
    }
  }

  @Override
  public void write(TimelineTracker.Saved saved) {
    ObjectNode json = Json.newObject();
    json.put("system_id", saved.systemId());
    json.put("timeline", saved.timeline());
    saved.member().ifPresent(member -> json.put("member", member));
    json.put("accepted_history", saved.acceptedHistory());
    saved.leader().ifPresent(leader -> json.put("leader", leader));
    String text = json + "\n";
    writes = writes.thenRunAsync(() -> write(text), workers);
  }

  @Override
  public void retry() {
    // The disk may have room by now.
    String text = unwritten;
    if (text != null && writes.isDone()) {
      writes = writes.thenRunAsync(() -> write(text), workers);
    }
  }

  private void write(String text) {
    // After an upgrade the process before writes it, too.
    Path next = file.resolveSibling(file.getFileName() + ".next-" + ProcessHandle.current().pid());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(next, text.getBytes(StandardCharsets.UTF_8));
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (unwritten != null) {
        unwritten = null;
        told = false;
        journal.tell(EventName.TIMELINE_FILE_WRITTEN, "file", file);
      }
    } catch (IOException e) {
      unwritten = text;
      complain("write", e);
    }
  }

  private void complain(String verb, Exception e) {
    if (!told) {
      told = true;
      journal.tell(
          EventName.TIMELINE_FILE_FAILED,
          "file",
          file,
          "action",
          verb,
          "reason",
          reason(e),
          "hint",
          verb.equals("write")
              ? "make room there, or make it writable: it is tried again every 10 s; until then a"
                  + " restart forgets the timeline"
              : "the timeline is learnt anew, and the file replaced");
    }
  }

  /** The operating system's words, without the path, which the event names anyway. */
  private static String reason(Exception e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "the directory is gone";
      case FileSystemException refused when refused.getReason() != null -> refused.getReason();
      case Exception other when other.getMessage() != null -> other.getMessage();
      case Exception other -> other.toString();
    };
  }
}
