package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.ServerError;
import io.trunkline.pgwire.scram.ChannelBinding;
import io.trunkline.pgwire.scram.ClientKey;
import io.trunkline.pgwire.scram.ScramError;
import io.trunkline.pgwire.scram.ScramLogin;
import io.trunkline.pgwire.state.SavedState;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Opens a session again at another member, and makes it what it was: the startup packet, the login
 * with the client's key, then one batch. Nobody but this says a word to the member meanwhile.
 *
 * <pre>
 *   LOGIN ──► FIRST ──► FINAL ──► PROVEN ──► STARTING ──► RESTORING ──► BEHIND ──► FAILING ──► OVER
 * </pre>
 */
final class Restoration {
  private static final int LONGEST = 1 << 20;

  /** Bytes that a member may say until it is what it was: more than any answer to that has. */
  private static final int MOST = 8 << 20;

  /** How often a replica is asked whether it has replayed enough: for some seconds. */
  private static final int MOST_TIMES_BEHIND = 250;

  private static final ByteBuf IN_RECOVERY = FrontendMessages.query(SavedState.IN_RECOVERY);

  /** In the log of the server its error says why. */
  private static final ByteBuf FAIL =
      FrontendMessages.query(
          "BEGIN; SELECT 'trunkline: a transaction of this session was lost with its member'"
              + "::pg_catalog.int4");

  private final ByteBufAllocator allocator;
  private final Line line;
  private final SavedState state;
  private final Wanted wanted;
  private final String user;
  private final Optional<ClientKey> key;
  private final boolean tls;
  private final Optional<ChannelBinding> binding;
  private final BackendMessages messages;
  private final Map<String, String> parameters = new LinkedHashMap<>();

  private Step step = Step.LOGIN;
  private @Nullable ScramLogin scram;
  private @Nullable CancelKey cancelKey;
  private @Nullable String recovery;
  private @Nullable String replayed;
  private int timesBehind;
  private int heard;

  private enum Step {
    LOGIN,
    FIRST,
    FINAL,
    PROVEN,
    STARTING,
    RESTORING,
    BEHIND,
    FAILING,
    OVER
  }

  /**
   * What the member is to be.
   *
   * @param primary whether it must take writes
   * @param position of the WAL that it must have replayed, if it is a replica
   * @param failed whether the session is to be in a failed transaction
   */
  record Wanted(boolean primary, OptionalLong position, boolean failed) {}

  /** The connection to the member, and who waits for it. */
  interface Line {
    void toMember(ByteBuf message);

    /** Runs it in a moment. */
    void later(Runnable task);

    /** The member has let the session in. */
    void onStarted();

    /** This member cannot have it now; another one, or the same later, may. */
    void onNotNow(String why);

    /** This replica does not replay what the session may have seen; another one may have. */
    void onBehind();

    /** It cannot be restored anywhere. */
    void onRefused(String why);

    /** It is what it was. */
    void onRestored();
  }

  /**
   * @param user the role that it logs in as
   * @param tls whether the connection is encrypted
   * @param binding to that
   */
  Restoration(
      ByteBufAllocator allocator,
      Line line,
      SavedState state,
      Wanted wanted,
      String user,
      Optional<ClientKey> key,
      boolean tls,
      Optional<ChannelBinding> binding) {
    this.allocator = allocator;
    this.line = line;
    this.state = state;
    this.wanted = wanted;
    this.user = user;
    this.key = key;
    this.tls = tls;
    this.binding = binding;
    this.messages = new BackendMessages(allocator, LONGEST);
  }

  /** What the member tells of its settings now. */
  Map<String, String> parameters() {
    return parameters;
  }

  /** What cancels what runs there. */
  Optional<CancelKey> cancelKey() {
    return Optional.ofNullable(cancelKey);
  }

  /** What the member says; takes ownership. */
  void hear(ByteBuf bytes) {
    heard += bytes.readableBytes();
    messages.add(bytes);
    try {
      if (heard > MOST) {
        throw new ProtocolError("it says more than " + MOST + " bytes");
      }
      while (step != Step.OVER && messages.ready()) {
        message(messages.type(), messages.body());
        if (step != Step.OVER) {
          messages.skip();
        }
      }
    } catch (ProtocolError | ScramError | IndexOutOfBoundsException e) {
      over();
      line.onRefused("the member broke off the login: " + e.getMessage());
    }
  }

  private void over() {
    step = Step.OVER;
  }

  private void message(byte type, ByteBuf body) throws ProtocolError, ScramError {
    switch (type) {
      case 'R' -> authentication(body);
      case 'S' -> parameters.put(text(body), text(body));
      case 'K' -> cancelKey = CancelKey.read(body, body.readerIndex(), body.readableBytes());
      case 'E' -> error(ServerError.parse(body));
      case 'D' -> row(body);
      case 'Z' -> ready(body.readByte());
      case '1', '2', '3', 'A', 'C', 'I', 'N', 'T', 'n', 't', 'v' -> {}
      default -> throw new ProtocolError("a message of type " + (type & 0xFF));
    }
  }

  private void authentication(ByteBuf body) throws ProtocolError, ScramError {
    switch (AuthenticationRequest.kind(body)) {
      case OK -> {
        if (step != (key.isPresent() ? Step.PROVEN : Step.LOGIN)) {
          throw new ProtocolError("the member has not proved that it knows the role");
        }
        step = Step.STARTING;
      }
      case SASL -> {
        Optional<ScramLogin> chosen =
            ScramLogin.choose(AuthenticationRequest.mechanisms(body), tls, binding);
        if (key.isEmpty() || chosen.isEmpty() || step != Step.LOGIN) {
          throw new ProtocolError("it asks for another authentication than before");
        }
        scram = chosen.get();
        step = Step.FIRST;
        line.toMember(
            FrontendMessages.saslInitial(allocator, scram.mechanism(), scram.clientFirst()));
      }
      case SASL_CONTINUE -> {
        ScramLogin begun = begun(Step.FIRST);
        begun.serverFirst(AuthenticationRequest.data(body));
        ClientKey known = key.orElseThrow();
        if (!begun.isFor(known.verifier())) {
          throw new ProtocolError("the password of the role has been changed");
        }
        step = Step.FINAL;
        line.toMember(FrontendMessages.saslResponse(allocator, begun.clientFinal(known)));
      }
      case SASL_FINAL -> {
        begun(Step.FINAL)
            .serverFinal(AuthenticationRequest.data(body), key.orElseThrow().verifier());
        step = Step.PROVEN;
      }
      case OTHER -> throw new ProtocolError("it asks for another authentication than before");
    }
  }

  private ScramLogin begun(Step in) throws ProtocolError {
    if (scram == null || step != in) {
      throw new ProtocolError("an authentication message out of turn");
    }
    return scram;
  }

  private void error(ServerError error) {
    if (step == Step.FAILING && error.sqlState().equals("22P02")) {
      return;
    }
    over();
    if (error.sqlState().equals("53300") || error.sqlState().startsWith("57P")) {
      line.onNotNow(error.toString());
    } else {
      line.onRefused(error.toString());
    }
  }

  /** The first tells whether the member is in recovery, and what it has replayed. */
  private void row(ByteBuf body) {
    if (recovery == null && body.readShort() == 2) {
      recovery = value(body);
      replayed = value(body);
    }
  }

  private static String value(ByteBuf body) {
    int length = body.readInt();
    return length < 0 ? "" : body.readCharSequence(length, StandardCharsets.US_ASCII).toString();
  }

  private void ready(byte status) throws ProtocolError {
    if (status != (step == Step.FAILING ? 'E' : 'I')) {
      throw new ProtocolError("it is in a transaction at once");
    }
    switch (step) {
      case STARTING -> {
        if (wanted.primary && parameters.getOrDefault("in_hot_standby", "off").equals("on")) {
          over();
          line.onNotNow("it reports that it is a standby");
          return;
        }
        step = Step.RESTORING;
        line.onStarted();
        line.toMember(
            state.restore(allocator, user, parameters.getOrDefault("client_encoding", "UTF8")));
      }
      case RESTORING, BEHIND -> {
        if (wanted.primary && !"f".equals(recovery)) {
          over();
          line.onNotNow("it is in recovery");
        } else if (isBehind()) {
          if (++timesBehind > MOST_TIMES_BEHIND) {
            over();
            line.onBehind();
            return;
          }
          step = Step.BEHIND;
          recovery = null;
          line.later(this::askAgain);
        } else if (wanted.failed) {
          step = Step.FAILING;
          line.toMember(FAIL.duplicate());
        } else {
          restored();
        }
      }
      case FAILING -> restored();
      case LOGIN, FIRST, FINAL, PROVEN, OVER ->
          throw new ProtocolError("ReadyForQuery out of turn");
    }
  }

  /** Whether what the session may have seen is not there yet. */
  private boolean isBehind() throws ProtocolError {
    if (wanted.position.isEmpty() || "f".equals(recovery)) {
      return false;
    }
    try {
      return replayed == null
          || replayed.isEmpty()
          || Long.parseLong(replayed) < wanted.position.getAsLong();
    } catch (NumberFormatException e) {
      throw new ProtocolError("a WAL position that is no number");
    }
  }

  private void askAgain() {
    if (step == Step.BEHIND) {
      line.toMember(IN_RECOVERY.duplicate());
    }
  }

  private void restored() {
    over();
    messages.skip();
    line.onRestored();
  }

  /** What the member has said after it was restored; owned by the caller. */
  ByteBuf takeRest() {
    return messages.takeRest();
  }

  private static String text(ByteBuf body) throws ProtocolError {
    int length = body.bytesBefore((byte) 0);
    if (length < 0) {
      throw new ProtocolError("a text without an end");
    }
    String text = body.readCharSequence(length, StandardCharsets.UTF_8).toString();
    body.skipBytes(1);
    return text;
  }

  void release() {
    over();
    messages.release();
  }
}
