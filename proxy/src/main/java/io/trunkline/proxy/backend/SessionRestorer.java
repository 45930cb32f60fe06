package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.scram.ChannelBinding;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Detached;
import io.trunkline.proxy.backend.BackendState.Link;
import io.trunkline.proxy.backend.BackendState.Restoring;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Makes another member what the session's own was, and has the session go on there. Owned by the
 * client's event loop.
 */
final class SessionRestorer {
  /** How often a replica is asked whether it has replayed what the session may have seen. */
  private static final Duration BEHIND_RETRY = Duration.ofMillis(20);

  private final BackendContext context;
  private final EventLoop loop;
  private final BackendClient client;
  private final BackendConnection connection;
  private final BackendConnector connector;
  private final SessionKeeper keeper;

  SessionRestorer(
      BackendContext context,
      EventLoop loop,
      BackendClient client,
      BackendConnection connection,
      BackendConnector connector,
      SessionKeeper keeper) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.connection = connection;
    this.connector = connector;
    this.keeper = keeper;
  }

  /** A member is ready to be made that. */
  void restore(Detached detached, Link link) {
    if (detached.kept().key().isPresent() && !context.trusts(link.channel())) {
      client.refuse(SessionEnd.NOT_RESTORED, "the connection to the member is not verified by TLS");
      return;
    }
    Restoration work =
        new Restoration(
            client.allocator(),
            new RestorationLine(link),
            detached.saved(),
            new Restoration.Wanted(
                link.place().asPrimary(), detached.position(), detached.transaction().isPresent()),
            detached.conversation().startup().parameters().getOrDefault("user", ""),
            detached.kept().key(),
            context.tls().isPresent(),
            BackendTls.certificate(link.channel()).flatMap(ChannelBinding::of));
    connection.become(detached.restore(link, work));
    link.login().opens(false);
    link.login().asked();
    link.channel().writeAndFlush(Unpooled.wrappedBuffer(detached.kept().startup()));
  }

  /** Where a session is being restored. */
  private final class RestorationLine implements Restoration.Line {
    private final Link link;

    RestorationLine(Link link) {
      this.link = link;
    }

    @Override
    public void toMember(ByteBuf message) {
      link.channel().writeAndFlush(message);
    }

    @Override
    public void onStarted() {
      link.login().completed(true);
    }

    @Override
    public void later(Runnable task) {
      loop.schedule(task, BEHIND_RETRY.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void onNotNow(String why) {
      connector.giveUp(why);
    }

    @Override
    public void onBehind() {
      connector.passOver();
    }

    @Override
    public void onRefused(String why) {
      client.refuse(SessionEnd.NOT_RESTORED, why);
    }

    @Override
    public void onRestored() {
      if (connection.state() instanceof Restoring restoring) {
        restored(restoring);
      }
    }
  }

  private void restored(Restoring restoring) {
    Restoration work = restoring.work();
    Attached attached = restoring.restored();
    work.cancelKey().ifPresent(key -> connection.cancel().ifPresent(cancel -> cancel.movedTo(key)));
    connection.become(attached);
    Conversation conversation = restoring.conversation();
    conversation.lookAhead(
        restoring.from().transaction().isPresent()
            ? Conversation.Passage.NOT_FAILED
            : Conversation.Passage.NOT_GOING);
    work.parameters()
        .forEach(
            (name, value) -> {
              if (!conversation.parameter(name).equals(Optional.of(value))) {
                connection.relay(BackendMessages.parameterStatus(client.allocator(), name, value));
              }
            });
    connection.relay(work.takeRest());
    work.release();
    Duration waited = keeper.goesOn();
    MemberLoss cause = restoring.from().cause();
    context.stats().kept().sessionRestored(cause, waited.toNanos());
    context.cluster().moves().restored(cause, waited, loop);
    connection.onRestored();
  }
}
