package io.trunkline.simulation.invariant;

import io.trunkline.simulation.network.SimulatedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** Compares what clients send with what nodes send to members for them. */
public final class SessionRules {
  private static final String APPLICATION = "application_name\0";

  private final Violations violations;
  private final Map<String, Conversation> clients = new HashMap<>();
  private final IdentityHashMap<SimulatedChannel, Relayed> channels = new IdentityHashMap<>();

  /** What one connection of a client has sent. */
  private static final class Conversation {
    private byte[] sent = new byte[0];
    private String statementsAt = "";
  }

  /** What was sent to a member over one connection. */
  private static final class Relayed {
    private String client = "";
    private int bytes;
    private int startup;
  }

  public SessionRules(Violations violations) {
    this.violations = violations;
  }

  /** A client's connection sends that. */
  public void sent(String client, byte[] bytes) {
    Conversation conversation = clients.computeIfAbsent(client, _ -> new Conversation());
    int before = conversation.sent.length;
    conversation.sent = Arrays.copyOf(conversation.sent, before + bytes.length);
    System.arraycopy(bytes, 0, conversation.sent, before, bytes.length);
  }

  /** It is over. */
  public void over(String client) {
    clients.remove(client);
  }

  /** The connection to a member is closed. */
  public void closed(SimulatedChannel channel) {
    channels.remove(channel);
  }

  /**
   * A node sends that to a member.
   *
   * @return the client whose statement it is; empty if it is none, or its client has gone
   */
  public String relayed(String node, SimulatedChannel channel, String member, byte[] bytes) {
    Relayed relayed = channels.computeIfAbsent(channel, _ -> new Relayed());
    int from = relayed.bytes;
    relayed.bytes += bytes.length;
    if (from == 0) {
      relayed.client = application(bytes);
      relayed.startup = ByteBuffer.wrap(bytes).getInt();
    }
    Conversation conversation = clients.get(relayed.client);
    if (conversation == null) {
      return "";
    }
    if (!Arrays.equals(
        conversation.sent,
        Math.min(from, conversation.sent.length),
        Math.min(from + bytes.length, conversation.sent.length),
        bytes,
        0,
        bytes.length)) {
      violations.broken(
          Promise.BYTES_IN_ORDER,
          "%s sent to %s for %s what that client has not said at byte %d"
              .formatted(node, member, relayed.client, from));
    }
    if (relayed.bytes <= relayed.startup) {
      return "";
    }
    if (!conversation.statementsAt.isEmpty() && !conversation.statementsAt.equals(member)) {
      violations.broken(
          Promise.ONE_MEMBER,
          "%s sent statements of %s to %s after others to %s"
              .formatted(node, relayed.client, member, conversation.statementsAt));
    }
    conversation.statementsAt = member;
    return relayed.client;
  }

  private static String application(byte[] startup) {
    String text = new String(startup, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(APPLICATION);
    return at < 0
        ? ""
        : text.substring(at + APPLICATION.length(), text.indexOf('\0', at + APPLICATION.length()));
  }
}
