package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.SaslResponse;
import io.trunkline.pgwire.scram.ChannelBinding;
import io.trunkline.pgwire.scram.ClientKey;
import io.trunkline.pgwire.scram.ScramError;
import io.trunkline.pgwire.scram.ScramLogin;
import io.trunkline.pgwire.scram.ScramServer;
import io.trunkline.pgwire.scram.ScramVerifier;
import io.trunkline.proxy.stats.SessionEnd;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logs in for a client: it is the SCRAM server to the client and the SCRAM client to the member, so
 * each exchange is bound to its own TLS (PostgreSQL docs: "SASL Authentication"). Neither side gets
 * a byte of the other's exchange, and a client that proves nothing is refused by PostgreSQL itself.
 *
 * <pre>
 *   NEW ──► LOOKING_UP ──► CLIENT_FIRST ──► MEMBER_FIRST ──► CLIENT_FINAL ──► MEMBER_FINAL ──► OVER
 *    │          │                                              │
 *    └──────────┴──────────────────────────────────────────────┴──► OVER: the login passes through
 * </pre>
 *
 * Where the role has no verifier the messages of both are relayed; what is wrong with the client's
 * is found here all the same, so that the words of a refusal do not tell which roles exist.
 */
final class ClientAuthentication {
  /** Far more than a client's SCRAM message, and all that it may send before it is let in. */
  private static final int MOST_FROM_CLIENT = 16 * 1024;

  private final ByteBufAllocator allocator;
  private final Line line;
  private final ScramServer server;
  private final Optional<ChannelBinding> memberBinding;
  private final boolean memberTls;

  private Step step = Step.NEW;
  private List<String> offered = List.of();
  private @Nullable ScramVerifier verifier;
  private @Nullable ScramLogin login;
  private @Nullable ClientKey key;
  private @Nullable ByteBuf unread;
  private boolean relays;

  private enum Step {
    NEW,
    LOOKING_UP,
    CLIENT_FIRST,
    MEMBER_FIRST,
    CLIENT_FINAL,
    MEMBER_FINAL,
    OVER
  }

  /** The connections to both. */
  interface Line {
    /** Has the client get that message, and answer it unless that is the last. */
    void toClient(ByteBuf message, boolean last);

    /** Has the member get that message, and answer it. */
    void toMember(ByteBuf message);

    /** Has the member get what the client sent; from now on the login passes through. */
    void passThrough(ByteBuf bytes);

    /** It cannot go on. */
    void refuse(SessionEnd reason, String why);
  }

  /**
   * @param clientBinding to the TLS with the client
   * @param memberTls whether the connection to the member is encrypted
   * @param memberBinding to that
   */
  ClientAuthentication(
      ByteBufAllocator allocator,
      Line line,
      Optional<ChannelBinding> clientBinding,
      boolean memberTls,
      Optional<ChannelBinding> memberBinding) {
    this.allocator = allocator;
    this.line = line;
    this.server = new ScramServer(clientBinding);
    this.memberTls = memberTls;
    this.memberBinding = memberBinding;
  }

  /** Whether the messages of both are for this. */
  boolean under() {
    return step != Step.OVER;
  }

  /** Whether the member has not asked for anything yet. */
  boolean isNew() {
    return step == Step.NEW;
  }

  /** Whether it waits for what is known of the role. */
  boolean looksUp() {
    return step == Step.LOOKING_UP;
  }

  /** The member asks for SASL: the role is looked up. */
  void lookUp() {
    step = Step.LOOKING_UP;
  }

  /**
   * The member asks for SASL, and what is known of the role is known.
   *
   * @return whether this logs in; else the member's message is for the client
   */
  boolean begin(List<String> mechanisms, VerifierSource.Answer answer) {
    offered = mechanisms;
    Optional<ScramLogin> chosen = ScramLogin.choose(mechanisms, memberTls, memberBinding);
    if (chosen.isEmpty() || answer instanceof VerifierSource.Answer.Failed) {
      wipe(answer);
      step = Step.OVER;
      return false;
    }
    login = chosen.get();
    verifier = answer instanceof VerifierSource.Answer.Found found ? found.verifier() : null;
    step = Step.CLIENT_FIRST;
    return true;
  }

  /** Nobody uses what has been found. */
  static void wipe(VerifierSource.Answer answer) {
    if (answer instanceof VerifierSource.Answer.Found found) {
      found.verifier().wipe();
    }
  }

  /** What the client is to choose from. */
  ByteBuf offer() {
    return AuthenticationRequest.sasl(allocator, server.mechanisms());
  }

  // What the client says.

  /** Bytes of the client's; takes ownership. */
  void onClientBytes(ByteBuf bytes) {
    if (unread == null) {
      unread = bytes;
    } else {
      ByteBuf both = allocator.buffer(unread.readableBytes() + bytes.readableBytes());
      both.writeBytes(unread).writeBytes(bytes);
      unread.release();
      bytes.release();
      unread = both;
    }
    if (unread.readableBytes() > MOST_FROM_CLIENT) {
      refuse(SessionEnd.AUTHENTICATION_MALFORMED, "the client sent too much before an answer");
      return;
    }
    read();
  }

  private void read() {
    while (unread != null && (step == Step.CLIENT_FIRST || step == Step.CLIENT_FINAL)) {
      ByteBuf from = unread;
      int length = SaslResponse.length(from);
      if (length == SaslResponse.NONE || length > MOST_FROM_CLIENT) {
        refuse(SessionEnd.AUTHENTICATION_MALFORMED, "expected a SASL response");
        return;
      }
      if (from.readableBytes() < length) {
        return;
      }
      if (step == Step.CLIENT_FIRST) {
        clientFirst(from, length);
      } else {
        clientFinal(from.readSlice(length));
      }
      if (unread != null && !unread.isReadable()) {
        unread.release();
        unread = null;
      }
    }
  }

  private void clientFirst(ByteBuf from, int length) {
    int start = from.readerIndex();
    try {
      SaslResponse.Initial first = SaslResponse.initial(from.readSlice(length));
      server.clientFirst(first.mechanism(), ByteBufUtil.getBytes(first.response()));
    } catch (ScramError e) {
      refuse(e);
      return;
    }
    if (verifier == null && server.relayable(offered.contains(ScramServer.PLUS))) {
      relays = true;
      step = Step.MEMBER_FIRST;
      line.toMember(from.retainedSlice(start, length));
      return;
    }
    step = Step.MEMBER_FIRST;
    ScramLogin begun = begun();
    line.toMember(FrontendMessages.saslInitial(allocator, begun.mechanism(), begun.clientFirst()));
  }

  private void clientFinal(ByteBuf message) {
    if (relays) {
      relayFinal(message);
      return;
    }
    ScramLogin begun = begun();
    Optional<ScramVerifier> known = Optional.ofNullable(verifier).filter(begun::isFor);
    try {
      key = server.clientFinal(SaslResponse.body(message), known).orElse(null);
    } catch (ScramError e) {
      refuse(e);
      return;
    }
    step = Step.MEMBER_FINAL;
    line.toMember(
        FrontendMessages.saslResponse(
            allocator, key == null ? begun.clientFinalThatFails() : begun.clientFinal(key)));
  }

  private void relayFinal(ByteBuf message) {
    try {
      var _ = server.clientFinal(SaslResponse.body(message), Optional.empty());
    } catch (ScramError e) {
      refuse(e);
      return;
    }
    step = Step.OVER;
    line.toMember(message.retain());
    passOnUnread();
  }

  private ScramLogin begun() {
    if (login == null) {
      throw new IllegalStateException("no login has begun");
    }
    return login;
  }

  // What the member says.

  /** AuthenticationSASLContinue, AuthenticationSASLFinal, or another request. */
  void onMember(AuthenticationRequest.Kind kind, byte[] data) {
    try {
      switch (kind) {
        case SASL_CONTINUE -> memberFirst(data);
        case SASL_FINAL -> memberFinal(data);
        case OK, SASL, OTHER -> throw ScramError.malformed("it breaks off the SCRAM exchange");
      }
    } catch (ScramError e) {
      refuse(SessionEnd.MEMBER_AUTHENTICATION, String.valueOf(e.getMessage()));
    }
  }

  private void memberFirst(byte[] message) throws ScramError {
    require(Step.MEMBER_FIRST);
    String first;
    if (relays) {
      server.relayedFirst(message);
      first = new String(message, StandardCharsets.US_ASCII);
    } else {
      ScramLogin begun = begun();
      begun.serverFirst(message);
      first = server.serverFirst(begun.salt(), begun.iterations());
    }
    step = Step.CLIENT_FINAL;
    line.toClient(AuthenticationRequest.saslContinue(allocator, first), false);
    read();
  }

  private void memberFinal(byte[] message) throws ScramError {
    require(Step.MEMBER_FINAL);
    if (key == null) {
      throw ScramError.malformed("it accepts a proof that is none");
    }
    begun().serverFinal(message, key.verifier());
    step = Step.OVER;
    line.toClient(
        AuthenticationRequest.saslFinal(allocator, server.serverFinal(key.verifier())), true);
    passOnUnread();
  }

  private void passOnUnread() {
    if (unread != null && unread.isReadable()) {
      ByteBuf rest = unread;
      unread = null;
      line.passThrough(rest);
    }
  }

  /** What logs in for the client again; owned by the caller. */
  Optional<ClientKey> takeKey() {
    Optional<ClientKey> taken = Optional.ofNullable(key);
    key = null;
    verifier = null; // it is part of the key
    return taken;
  }

  private void require(Step wanted) throws ScramError {
    if (step != wanted) {
      throw ScramError.malformed("an authentication message out of turn");
    }
  }

  // The end.

  private void refuse(ScramError error) {
    refuse(
        switch (error.kind()) {
          case MALFORMED -> SessionEnd.AUTHENTICATION_MALFORMED;
          case UNSUPPORTED -> SessionEnd.AUTHENTICATION_UNSUPPORTED;
          case CHANNEL_BINDING -> SessionEnd.CHANNEL_BINDING;
        },
        String.valueOf(error.getMessage()));
  }

  private void refuse(SessionEnd reason, String why) {
    step = Step.OVER;
    line.refuse(reason, why);
  }

  /** It is of no use any more. */
  void release() {
    step = Step.OVER;
    if (unread != null) {
      unread.release();
      unread = null;
    }
    if (verifier != null) {
      verifier.wipe();
      verifier = null;
    }
    if (key != null) {
      key.wipe();
      key = null;
    }
  }
}
