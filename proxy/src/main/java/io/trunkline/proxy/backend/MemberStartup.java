package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.trunkline.config.TlsConfig;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.pgwire.scram.ChannelBinding;
import io.trunkline.pgwire.state.StateFollower;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Connected;
import io.trunkline.proxy.backend.BackendState.Link;
import io.trunkline.proxy.backend.BackendState.Unanswered;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import java.util.Optional;

/**
 * A session's start at its first member, from the startup packet to the first ReadyForQuery: what
 * the member says is judged by the {@link StartupGate}, and done here. Owned by the client's event
 * loop.
 */
final class MemberStartup {
  private final BackendContext context;
  private final EventLoop loop;
  private final BackendClient client;
  private final BackendConnection connection;
  private final BackendConnector connector;

  MemberStartup(
      BackendContext context,
      EventLoop loop,
      BackendClient client,
      BackendConnection connection,
      BackendConnector connector) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.connection = connection;
    this.connector = connector;
  }

  /** What judges that member, if its messages can be seen. */
  Optional<StartupGate> gate(Link link, BackendRequest request, ReplayBuffer replay) {
    if (!(request.opening() instanceof Opening.StartupMessage)) {
      return Optional.empty();
    }
    ByteBuf packet = replay.bytes();
    byte[] startup =
        ByteBufUtil.getBytes(packet, packet.readerIndex(), OpeningDecoder.length(packet));
    boolean ownTls =
        context.config().tls().mode() == TlsConfig.Mode.TERMINATE || context.tls().isPresent();
    return Optional.of(
        new StartupGate(
            client.allocator(),
            startup,
            link.place().asPrimary() && !context.pooled(),
            ownTls,
            authentication(link)));
  }

  /** Where this node is to log in for its clients. */
  private Optional<ClientAuthentication> authentication(Link link) {
    if (context.verifiers().isEmpty() || !context.config().followMessages()) {
      return Optional.empty();
    }
    if (!context.trusts(link.channel())) {
      client.onLoginPassedThrough(
          link.place().member(),
          "the connection to it is not verified by TLS; set backend_tls of the listener to"
              + " verify_full or verify_ca, or insecure of auth to true");
      return Optional.empty();
    }
    return Optional.of(
        new ClientAuthentication(
            client.allocator(),
            new Line(link),
            client.certificate().flatMap(ChannelBinding::of),
            context.tls().isPresent(),
            BackendTls.certificate(link.channel()).flatMap(ChannelBinding::of)));
  }

  /** The connections to both, as the login needs them that this node does for the client. */
  private final class Line implements ClientAuthentication.Line {
    private final Link link;

    Line(Link link) {
      this.link = link;
    }

    @Override
    public void toClient(ByteBuf message, boolean last) {
      if (!last) {
        link.login().answered();
      }
      connection.relay(message);
    }

    @Override
    public void toMember(ByteBuf message) {
      link.login().asked();
      link.channel().writeAndFlush(message);
    }

    @Override
    public void passThrough(ByteBuf bytes) {
      connection.write(bytes);
      connection.flush();
    }

    @Override
    public void refuse(SessionEnd reason, String why) {
      client.refuse(reason, why);
    }
  }

  /** More of what the member says; takes ownership. */
  void hear(StartupGate gate, ByteBuf bytes) {
    gate.hear(bytes);
    judge(gate);
  }

  /** Does what the gate says, for as long as it is there. */
  private void judge(StartupGate gate) {
    while (connection.state() instanceof Connected now
        && now.gate().filter(gate::equals).isPresent()) {
      switch (gate.judge()) {
        case WAIT -> {
          return;
        }
        case ASK_CLIENT -> {
          now.link().login().answered();
          connection.attachOnce();
          if (connection.starting()) {
            connection.relay(gate.take());
          }
        }
        case AUTHENTICATION -> {
          if (!authenticate(now, gate)) {
            return;
          }
        }
        case LET_THROUGH -> {
          now.link().login().completed(gate.ready());
          connection.attachOnce();
          end();
        }
        case NOT_ACCEPTING -> {
          if (now instanceof Unanswered) {
            connector.giveUp("it does not accept connections now (57P03)");
          } else {
            client.end(SessionEnd.MET_STANDBY);
          }
        }
        case STANDBY -> metStandby(now);
      }
    }
    client.updateReading();
  }

  /**
   * The member has sent what is about the login that this node does for the client.
   *
   * @return whether more can be judged now
   */
  private boolean authenticate(Connected now, StartupGate gate) {
    ClientAuthentication authentication = gate.authentication().orElseThrow();
    AuthenticationRequest.Kind kind = AuthenticationRequest.kind(gate.message());
    if (authentication.looksUp()) {
      if (gate.overfull()) {
        connector.giveUp("it sent too much before the client was authenticated");
      }
      return false;
    }
    if (!authentication.isNew()) {
      byte[] data = AuthenticationRequest.data(gate.message());
      connection.relay(gate.take());
      gate.skip();
      authentication.onMember(kind, data);
      return true;
    }
    if (kind == AuthenticationRequest.Kind.SASL
        && now instanceof Unanswered unanswered
        && unanswered.request().opening() instanceof Opening.StartupMessage startup) {
      authentication.lookUp();
      now.link().login().progressed();
      context
          .verifiers()
          .orElseThrow()
          .ask(
              now.link().place().address(),
              startup.parameters().getOrDefault("user", ""),
              loop,
              it -> onVerifier(gate, it));
      return false;
    }
    authentication.release(); // another method, or none: that is between the two
    return true;
  }

  private void onVerifier(StartupGate gate, VerifierSource.Answer answer) {
    if (!(connection.state() instanceof Unanswered now
        && now.gate().filter(gate::equals).isPresent())) {
      ClientAuthentication.wipe(answer);
      return;
    }
    if (answer instanceof VerifierSource.Answer.Failed(String why)) {
      client.onLoginPassedThrough(now.link().place().member(), why);
    }
    ClientAuthentication authentication = gate.authentication().orElseThrow();
    if (authentication.begin(AuthenticationRequest.mechanisms(gate.message()), answer)) {
      now.link().login().answered();
      connection.attachOnce();
      if (connection.starting()) {
        connection.relay(gate.take());
        gate.skip();
        connection.relay(authentication.offer());
      }
    }
    judge(gate);
    client.onMemberReadComplete();
  }

  /** Nothing is judged any more: the client gets all that the member has said. */
  void end() {
    if (connection.state() instanceof Attached attached && attached.gate().isPresent()) {
      StartupGate gate = attached.gate().get();
      ByteBuf rest = gate.takeAll();
      Optional<KeptSession> kept = keeping(attached, gate);
      if (kept.isPresent()) {
        attached.conversation().orElseThrow().lookAhead(Conversation.Passage.NOT_GOING);
      } else {
        attached.conversation().flatMap(Conversation::follower).ifPresent(StateFollower::notKept);
      }
      connection.become(attached.started(kept));
      gate.release();
      connection.relay(rest);
    }
  }

  /** What it takes to go on at another member, if this node can log in there. */
  private Optional<KeptSession> keeping(Attached attached, StartupGate gate) {
    boolean replication =
        attached
            .conversation()
            .filter(it -> it.startup().parameters().containsKey("replication"))
            .isPresent();
    return attached
        .conversation()
        .flatMap(Conversation::follower)
        .filter(_ -> gate.ready() && !gate.askedClient() && !replication)
        .map(
            follower ->
                new KeptSession(gate.startup(), gate.takeKey(), follower, context.states()));
  }

  /** Writes would be refused: somebody else, or the same one later. */
  private void metStandby(Connected connected) {
    context.connects().standbySeen(context.cluster().name(), connected.link().place().member());
    if (connected instanceof Unanswered) {
      connector.giveUp("it reports that it is a standby");
    } else {
      client.refuse(SessionEnd.MET_STANDBY, SessionEnd.MET_STANDBY.sentence());
    }
  }
}
