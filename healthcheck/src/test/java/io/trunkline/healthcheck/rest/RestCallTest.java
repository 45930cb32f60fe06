package io.trunkline.healthcheck.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.testing.Cost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestCallTest {
  private static final String HEAD = "HTTP/1.0 200 OK\r\n\r\n{\"x\":\"";

  /** Whether it is whole was looked for in all that had come, after each byte. */
  @Test
  void anAnswerThatDripsIsNotReadAgainForEachByte() {
    String answer = HEAD + "x".repeat(32 * 1024) + "\"}";
    Cost.bounded(answer.length(), () -> assertThat(dripped(answer)).hasSize(1));
  }

  private static List<RestReply> dripped(String answer) {
    EmbeddedChannel member = new EmbeddedChannel();
    List<RestReply> replies = new ArrayList<>();
    RestCall call =
        new RestCall(
            new ApiUrl(false, new HostPort("10.0.0.1", 8008)),
            "/primary",
            member.eventLoop(),
            Duration.ofSeconds(2),
            InstantSource.fixed(Instant.EPOCH),
            replies::add);
    member.pipeline().addLast(RestCall.codec(), call);
    member.pipeline().fireChannelActive();
    for (byte each : answer.getBytes(StandardCharsets.US_ASCII)) {
      member.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
    }
    member.finishAndReleaseAll();
    return replies;
  }
}
