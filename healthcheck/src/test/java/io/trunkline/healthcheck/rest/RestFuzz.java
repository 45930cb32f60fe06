package io.trunkline.healthcheck.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.Facts;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.pgwire.Splits;
import io.trunkline.testing.Cost;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a member answers on its REST API. The first byte of an input says how the rest is cut, the
 * second whether the connection ends after it, and which cluster was asked.
 */
public final class RestFuzz {
  private static final int FIN = 1;
  private static final int GROUP = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Instant T = Instant.parse("2026-11-21T10:00:00Z");

  private RestFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    boolean fin = (input[1] & FIN) != 0;
    Cost.bounded(input.length, () -> reply(Splits.whole(bytes), fin));
    RestReply whole = reply(Splits.whole(bytes), fin);
    alike(whole, reply(Splits.everyByte(bytes), fin), fin);
    alike(whole, reply(Splits.random(bytes, input[0]), fin), fin);
    if (whole instanceof RestReply.Answered answered) {
      Scope scope = Scope.of((input[1] & GROUP) != 0 ? "pg/1" : "pg");
      Cost.bounded(input.length, () -> member(answered, scope));
      Cost.bounded(input.length, () -> cluster(answered, scope));
    }
  }

  /** One reply, whatever comes. */
  private static RestReply reply(List<byte[]> pieces, boolean fin) {
    EmbeddedChannel member = new EmbeddedChannel();
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    member.config().setAllocator(allocator);
    member.freezeTime();
    List<RestReply> replies = new ArrayList<>();
    RestCall call =
        new RestCall(
            new ApiUrl(false, new HostPort("10.0.0.1", 8008)),
            "/primary",
            member.eventLoop(),
            TIMEOUT,
            InstantSource.fixed(T),
            replies::add);
    call.start();
    member.pipeline().addLast(RestCall.codec(), call);
    member.pipeline().fireChannelActive();
    for (byte[] piece : pieces) {
      if (member.isOpen()) {
        member.writeInbound(Unpooled.wrappedBuffer(piece));
      }
    }
    if (fin) {
      member.close();
    }
    member.advanceTimeBy(TIMEOUT.toMillis() + 1, TimeUnit.MILLISECONDS);
    member.runScheduledPendingTasks();
    assertThat(call.done()).isTrue();
    assertThat(replies).hasSize(1);
    member.finishAndReleaseAll();
    assertThat(allocator.metric().usedHeapMemory()).as("all is released").isZero();
    assertThat(allocator.metric().usedDirectMemory()).as("all is released").isZero();
    return replies.getFirst();
  }

  /** Only how a JSON object is completed before the connection ends depends on how it is cut. */
  private static void alike(RestReply whole, RestReply cut, boolean fin) {
    switch (whole) {
      case RestReply.Failed(_, String reason) -> {
        Facts.reason(reason);
        if (cut instanceof RestReply.Answered(_, _, _, String body)) {
          assertThat(readable(body)).as("%s", body).isTrue();
        }
      }
      case RestReply.Answered answered when readable(answered.body()) && fin ->
          assertThat(cut).isEqualTo(answered);
      case RestReply.Answered _ -> {}
    }
  }

  private static boolean readable(String body) {
    try {
      return !Json.object(body).isNull();
    } catch (JunkException e) {
      return false;
    }
  }

  private static void member(RestReply.Answered answered, Scope scope) {
    try {
      RestBody body = RestBody.parse(answered, scope);
      body.problems().forEach(Facts::reason);
      Facts.timeline(body.answer().timeline());
      Facts.position(body.answer().lsn());
      Facts.tags(body.answer().tags());
      assertThat(body.answer().holdsLock()).isEqualTo(answered.status() == 200);
    } catch (JunkException e) {
      Facts.reason(String.valueOf(e.getMessage()));
    }
  }

  private static void cluster(RestReply.Answered answered, Scope scope) {
    try {
      ClusterBody body = ClusterBody.parse(answered, scope);
      assertThat(body.members()).isNotEmpty();
      body.members().values().forEach(Facts::member);
      assertThat(body.members().keySet()).containsAll(body.syncStandbys());
      body.switchover().ifPresent(Facts::switchover);
      assertThat(body.problems()).hasSizeLessThanOrEqualTo(10).allSatisfy(Facts::reason);
    } catch (JunkException e) {
      Facts.reason(String.valueOf(e.getMessage()));
    }
  }
}
