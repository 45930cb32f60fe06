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
import org.jspecify.annotations.Nullable;

/**
 * Opens a session again at another member, and makes it what it was: the startup packet, the login
 * with the client's key, then one batch. Nobody but this says a word to the member meanwhile.
 *
 * <pre>
 *   LOGIN ──► STARTING ──► RESTORING ──► OVER
 * </pre>
 */
final class Restoration {
  private static final int LONGEST = 1 << 20;

  private final ByteBufAllocator allocator;
  private final Line line;
  private final SavedState state;
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

  private enum Step {
    LOGIN,
    PROVEN,
    STARTING,
    RESTORING,
    OVER
  }

  /** The connection to the member, and who waits for it. */
  interface Line {
    void toMember(ByteBuf message);

    /** The member has let the session in. */
    void onStarted();

    /** This member cannot have it now; another one, or the same later, may. */
    void onNotNow(String why);

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
      String user,
      Optional<ClientKey> key,
      boolean tls,
      Optional<ChannelBinding> binding) {
    this.allocator = allocator;
    this.line = line;
    this.state = state;
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
    messages.add(bytes);
    try {
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
        if (step != Step.PROVEN && (step != Step.LOGIN || scram != null)) {
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
        line.toMember(
            FrontendMessages.saslInitial(allocator, scram.mechanism(), scram.clientFirst()));
      }
      case SASL_CONTINUE -> {
        ScramLogin begun = begun();
        begun.serverFirst(AuthenticationRequest.data(body));
        ClientKey known = key.orElseThrow();
        if (!begun.isFor(known.verifier())) {
          throw new ProtocolError("the password of the role has been changed");
        }
        line.toMember(FrontendMessages.saslResponse(allocator, begun.clientFinal(known)));
      }
      case SASL_FINAL -> {
        begun().serverFinal(AuthenticationRequest.data(body), key.orElseThrow().verifier());
        step = Step.PROVEN;
      }
      case OTHER -> throw new ProtocolError("it asks for another authentication than before");
    }
  }

  private ScramLogin begun() throws ProtocolError {
    if (scram == null || step != Step.LOGIN) {
      throw new ProtocolError("an authentication message out of turn");
    }
    return scram;
  }

  private void error(ServerError error) {
    over();
    if (error.notAccepting() || error.sqlState().equals("53300")) {
      line.onNotNow(error.toString());
    } else if (error.sqlState().startsWith("57P")) {
      line.onNotNow(error.toString());
    } else {
      line.onRefused(error.toString());
    }
  }

  private void row(ByteBuf body) {
    if (recovery == null) {
      body.skipBytes(Short.BYTES);
      int length = body.readInt();
      recovery = body.readCharSequence(length, StandardCharsets.US_ASCII).toString();
    }
  }

  private void ready(byte status) throws ProtocolError {
    if (status != 'I') {
      throw new ProtocolError("it is in a transaction at once");
    }
    switch (step) {
      case STARTING -> {
        if (parameters.getOrDefault("in_hot_standby", "off").equals("on")) {
          over();
          line.onNotNow("it reports that it is a standby");
          return;
        }
        step = Step.RESTORING;
        line.onStarted();
        line.toMember(
            state.restore(allocator, user, parameters.getOrDefault("client_encoding", "UTF8")));
      }
      case RESTORING -> {
        over();
        if (!"f".equals(recovery)) {
          line.onNotNow("it is in recovery");
        } else {
          line.onRestored();
        }
      }
      case LOGIN, PROVEN, OVER -> throw new ProtocolError("ReadyForQuery out of turn");
    }
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
