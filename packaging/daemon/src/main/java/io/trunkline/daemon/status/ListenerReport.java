package io.trunkline.daemon.status;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One listener.
 *
 * @param bound the address it listens on; null while it does not
 * @param queued clients that are queued: they have no member yet
 * @param detached sessions whose member is gone, and that go on at the next one
 * @param kept sessions that would go on if their member stopped now
 * @param notKept how many would end with it, although sessions are kept there, by reason
 * @param ends how many connections ended, by reason; only reasons that occurred
 * @param sessions sessions now, by member
 */
public record ListenerReport(
    String name,
    @Nullable String bound,
    String cluster,
    String route,
    @Nullable String fallback,
    int connections,
    int queued,
    int detached,
    int kept,
    Map<String, Integer> notKept,
    long accepted,
    long dialFailures,
    long bytesFromClients,
    long bytesToClients,
    Map<String, Long> ends,
    Map<String, Integer> sessions) {}
