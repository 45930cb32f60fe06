package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.ServerError;
import io.trunkline.pgwire.scram.ClientKey;
import io.trunkline.pgwire.scram.ScramServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a member says until it is ready for the first query. It is held back until it is known
 * whether the client should have it: as long as the client has seen nothing of a member, another
 * can take its place (PostgreSQL docs: "Message Flow", "Start-up").
 */
final class StartupGate {
  private static final int HEADER = 1 + Integer.BYTES;

  /** Parameters and notices; a member that says more is listened to no longer. */
  private static final int LONGEST = 64 * 1024;

  private final boolean wantsPrimary;
  private final boolean withoutChannelBinding;
  private final Optional<ClientAuthentication> authentication;
  private final byte[] startup;
  private final ByteBuf held;
  private int read;
  private boolean ready;
  private boolean askedClient;

  /** What to do with what the member has said so far. */
  enum Verdict {
    /** Nothing yet. */
    WAIT,
    /** The client has to see what has been judged so far, and answer it. */
    ASK_CLIENT,
    /** What comes next, {@link #message}, is about the login that this node does for the client. */
    AUTHENTICATION,
    /** The client gets it all: the session has begun, or ends with an error of the member's. */
    LET_THROUGH,
    /** The member is a standby and a primary is wanted. */
    STANDBY,
    /** The member does not accept connections now (57P03). */
    NOT_ACCEPTING
  }

  /**
   * @param allocator for what is held back
   * @param startup the packet that the session is opened with
   * @param wantsPrimary a standby will not do
   * @param withoutChannelBinding the TLS of the client is not that of the member, so SCRAM must not
   *     be bound to it
   * @param authentication logs in for the client, as long as it is under way
   */
  StartupGate(
      ByteBufAllocator allocator,
      byte[] startup,
      boolean wantsPrimary,
      boolean withoutChannelBinding,
      Optional<ClientAuthentication> authentication) {
    this.held = allocator.buffer();
    this.startup = startup;
    this.wantsPrimary = wantsPrimary;
    this.withoutChannelBinding = withoutChannelBinding;
    this.authentication = authentication;
  }

  byte[] startup() {
    return startup;
  }

  /** Logs in for the client, if somebody does. */
  Optional<ClientAuthentication> authentication() {
    return authentication.filter(ClientAuthentication::under);
  }

  /** Whether the member has said more than it may while it is not listened to. */
  boolean overfull() {
    return held.readableBytes() > LONGEST;
  }

  /** Takes what the member has said. */
  void hear(ByteBuf bytes) {
    held.writeBytes(bytes);
    bytes.release();
  }

  /** Whether the member has asked the client itself for a password or the like. */
  boolean askedClient() {
    return askedClient;
  }

  /** What logs in for the client again; owned by the caller. Empty where nothing is needed. */
  Optional<ClientKey> takeKey() {
    return authentication.flatMap(ClientAuthentication::takeKey);
  }

  /** Whether the member has let the client in (ReadyForQuery). */
  boolean ready() {
    return ready;
  }

  /** What the client gets now; owned by the caller. */
  ByteBuf take() {
    ByteBuf taken = held.readBytes(read);
    held.discardReadBytes();
    read = 0;
    return taken;
  }

  /** All that was heard and not taken; owned by the caller. */
  ByteBuf takeAll() {
    read = held.readableBytes();
    return take();
  }

  /** The body of the authentication request that comes next; valid until {@link #skip}. */
  ByteBuf message() {
    int at = held.readerIndex() + read;
    return held.slice(at + HEADER, held.getInt(at + 1) - Integer.BYTES);
  }

  /** Nobody gets that message; only when all that comes before it is taken. */
  void skip() {
    held.skipBytes(1 + held.getInt(held.readerIndex() + 1));
    held.discardReadBytes();
  }

  /** Nobody gets the rest. */
  void release() {
    authentication.ifPresent(ClientAuthentication::release);
    held.release();
  }

  /** What to do with what has been heard. */
  Verdict judge() {
    while (held.readableBytes() - read >= HEADER) {
      int at = held.readerIndex() + read;
      int length = held.getInt(at + 1);
      if (length < Integer.BYTES || length > LONGEST - read) {
        return letThrough();
      }
      if (held.readableBytes() - read < 1 + length) {
        break;
      }
      Verdict verdict = judge(at, length);
      if (verdict != Verdict.WAIT) {
        return verdict;
      }
    }
    return Verdict.WAIT;
  }

  private Verdict letThrough() {
    read = held.readableBytes();
    return Verdict.LET_THROUGH;
  }

  private Verdict judge(int at, int length) {
    ByteBuf body = held.slice(at + HEADER, length - Integer.BYTES);
    return switch (held.getByte(at)) {
      case 'R' -> authentication(at, body);
      case 'S' -> pass(length, wantsPrimary && isStandby(body) ? Verdict.STANDBY : Verdict.WAIT);
      case 'E' -> ServerError.parse(body).notAccepting() ? Verdict.NOT_ACCEPTING : letThrough();
      case 'Z' -> {
        ready = true;
        yield letThrough();
      }
      default -> pass(length, Verdict.WAIT);
    };
  }

  private Verdict pass(int length, Verdict verdict) {
    read += 1 + length;
    return verdict;
  }

  private Verdict authentication(int at, ByteBuf body) {
    if (authentication().isPresent()) {
      return Verdict.AUTHENTICATION;
    }
    AuthenticationRequest.Kind kind = AuthenticationRequest.kind(body);
    if (kind == AuthenticationRequest.Kind.SASL && withoutChannelBinding) {
      dropChannelBinding(at, body);
    }
    askedClient |= kind != AuthenticationRequest.Kind.OK;
    return pass(
        held.getInt(at + 1),
        kind == AuthenticationRequest.Kind.OK ? Verdict.WAIT : Verdict.ASK_CLIENT);
  }

  private static boolean isStandby(ByteBuf parameter) {
    return parameter.toString(StandardCharsets.UTF_8).equals("in_hot_standby\0on\0");
  }

  /** Rewrites AuthenticationSASL so that it does not offer what would be bound to our own TLS. */
  private void dropChannelBinding(int at, ByteBuf body) {
    List<String> mechanisms = new ArrayList<>(AuthenticationRequest.mechanisms(body));
    if (!mechanisms.removeIf(ScramServer.PLUS::equals)) {
      return;
    }
    ByteBuf request = AuthenticationRequest.sasl(held.alloc(), mechanisms);
    int oldEnd = at + HEADER + body.readableBytes();
    ByteBuf after = held.copy(oldEnd, held.writerIndex() - oldEnd);
    held.writerIndex(at).writeBytes(request).writeBytes(after);
    request.release();
    after.release();
  }
}
