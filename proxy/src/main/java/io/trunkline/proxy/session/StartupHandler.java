package io.trunkline.proxy.session;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.trunkline.pgwire.ApplicationName;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.ReadBuffer;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.session.ClientState.Reading;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.ServerTls;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Reads what a client opens its connection with until it is clear what it wants (PostgreSQL docs:
 * "Message Flow": "Start-up", "SSL Session Encryption", "Canceling Requests in Progress").
 */
final class StartupHandler {
  /** No client sends more than a startup packet, or a ClientHello, before it is answered. */
  private static final int MOST_BEFORE_AN_ANSWER = 32 * 1024;

  private final ListenerContext context;
  private final Session session;
  private final Channel client;
  private final InetSocketAddress address;
  private final ReplayBuffer replay;

  StartupHandler(
      ListenerContext context,
      Session session,
      Channel client,
      InetSocketAddress address,
      ReplayBuffer replay) {
    this.context = context;
    this.session = session;
    this.client = client;
    this.address = address;
    this.replay = replay;
  }

  /** Takes the next step that what is kept allows. */
  void read(Reading reading) {
    Optional<Opening> peeked =
        OpeningDecoder.peek(replay.bytes(), context.config().limits().maxStartupSize());
    if (peeked.isEmpty()) {
      return;
    }
    Opening opening = peeked.get();
    if (opening instanceof Opening.Malformed malformed) {
      session.refuse(SessionEnd.STARTUP_MALFORMED, malformed.why());
    } else if (opening instanceof Opening.MalformedCancel malformed) {
      session.refuse(SessionEnd.CANCEL_MALFORMED, malformed.why());
    } else if (opening instanceof Opening.Unsupported unsupported) {
      session.refuseVersion(unsupported);
    } else if (opening instanceof Opening.CancelRequest) {
      session.cancel(reading); // also when the listener is full: it may be what makes room
    } else if (reading.refusal() != null) {
      session.refuse(reading.refusal(), reading.refusal().sentence());
    } else if (context.memory().full()) {
      session.refuse(SessionEnd.MEMORY_LIMIT, SessionEnd.MEMORY_LIMIT.sentence());
    } else if (replay.size() > MOST_BEFORE_AN_ANSWER) {
      session.refuse(
          SessionEnd.STARTUP_MALFORMED, "the client sent too much data before an answer");
    } else {
      pass(reading, opening);
    }
  }

  private void pass(Reading reading, Opening opening) {
    switch (opening) {
      case Opening.GssEncRequest _ -> declineGss(reading);
      case Opening.SslRequest _, Opening.DirectTls _ when reading.tlsDeclined() ->
          session.refuse(
              SessionEnd.STARTUP_MALFORMED, "the client requested TLS after it was declined");
      case Opening.SslRequest _ when context.tls().isPresent() -> {
        if (replay.size() > OpeningDecoder.length(replay.bytes())) {
          // It was sent before there was TLS: whoever put it there must not speak for the client.
          session.refuse(
              SessionEnd.STARTUP_MALFORMED, "the client sent data before the TLS handshake");
        } else {
          replay.drop(replay.size());
          client.writeAndFlush(ChannelOps.oneByte('S'));
          terminate(reading, context.tls().get(), false);
        }
      }
      case Opening.DirectTls _ when context.tls().isPresent() ->
          terminate(reading, context.tls().get(), true);
      case Opening.StartupMessage _ when context.config().tls().require() && !reading.encrypted() ->
          session.refuse(SessionEnd.TLS_REQUIRED, SessionEnd.TLS_REQUIRED.sentence());
      default -> enter(reading, opening);
    }
  }

  /** It is clear what the client wants; whether it may have that, the rules say. */
  private void enter(Reading reading, Opening opening) {
    boolean tls = reading.encrypted() || !(opening instanceof Opening.StartupMessage);
    switch (context.rules().admit(address.getAddress(), opening, tls)) {
      case Rules.Refused(SessionEnd reason, String why) -> session.refuse(reason, why);
      case Rules.Admitted admitted -> {
        session.admitted(admitted);
        session.opened(reading, withHost(opening));
      }
    }
  }

  private Opening withHost(Opening opening) {
    if (!context.config().applicationNameAddHost()
        || !(opening instanceof Opening.StartupMessage startup)
        || startup.parameters().containsKey("replication")) {
      return opening;
    }
    ApplicationName.addHost(client.alloc(), replay.bytes(), address)
        .ifPresent(packet -> replay.replace(OpeningDecoder.length(replay.bytes()), packet));
    return OpeningDecoder.peek(replay.bytes(), Opening.MAX_LENGTH).orElse(opening);
  }

  private void declineGss(Reading reading) {
    if (reading.gssDeclined() || reading.encrypted()) {
      session.refuse(
          SessionEnd.STARTUP_MALFORMED,
          "the client requested GSSAPI encryption where it is not allowed");
      return;
    }
    replay.drop(OpeningDecoder.length(replay.bytes()));
    client.writeAndFlush(ChannelOps.oneByte('N'));
    read(session.goOn(reading.declinedGss()));
  }

  /** From now on what is read is what was inside TLS. */
  private void terminate(Reading reading, ServerTls tls, boolean direct) {
    if (reading.encrypted()) {
      session.refuse(SessionEnd.STARTUP_MALFORMED, "the client requested TLS inside TLS");
      return;
    }
    session.goOn(reading.throughTls());
    SslHandler handler = tls.handler(client.alloc());
    handler.setHandshakeTimeoutMillis(context.config().startupTimeout().toMillis());
    handler
        .handshakeFuture()
        .addListener((Future<Channel> agreed) -> onAgreed(agreed, handler, direct));
    ReadBuffer.forDecoders(client);
    client.pipeline().addFirst(handler);
    if (direct) {
      // Through the pipeline again, this time through TLS.
      client.pipeline().fireChannelRead(replay.take());
    }
  }

  private void onAgreed(Future<Channel> agreed, SslHandler handler, boolean direct) {
    if (!agreed.isSuccess()) {
      session.failTls(String.valueOf(agreed.cause().getMessage()));
    } else if (direct && !ServerTls.agreedOnPostgres(handler)) {
      session.failTls("the client used direct TLS without the ALPN protocol postgresql");
    }
  }
}
