package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members' names, by a resolver that answers, hangs and fails. */
@Timeout(30)
class HostResolverTest {
  private static final String PG1 = "pg1.example";

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicReference<CompletableFuture<String>> answer =
      new AtomicReference<>(CompletableFuture.completedFuture("192.0.2.1"));
  private final HostResolver hosts = new HostResolver(now::get, this::resolve);

  private InetAddress[] resolve(String host) throws UnknownHostException {
    asked.incrementAndGet();
    String found = answer.get().join();
    if (found.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.ofLiteral(found)};
  }

  private String resolved() throws Exception {
    return hosts.resolve(PG1).get(10, TimeUnit.SECONDS).getFirst().getHostAddress();
  }

  private void awaitResolved(String address) {
    Await.until(() -> resolved().equals(address));
  }

  private void later() {
    now.set(now.get().plusSeconds(60));
  }

  @Test
  void whileTheResolverHangsTheLastAddressIsUsed() throws Exception {
    assertThat(resolved()).isEqualTo("192.0.2.1");
    later();
    CompletableFuture<String> hanging = new CompletableFuture<>();
    answer.set(hanging);
    assertThat(resolved()).isEqualTo("192.0.2.1");
    assertThat(resolved()).isEqualTo("192.0.2.1");
    assertThat(asked).as("one lookup at a time").hasValue(2);
    hanging.complete("192.0.2.2");
    awaitResolved("192.0.2.2");
  }

  @Test
  void aNewAddressIsUsedWhenTheResolverAnswers() throws Exception {
    assertThat(resolved()).isEqualTo("192.0.2.1");
    answer.set(CompletableFuture.completedFuture("192.0.2.2"));
    assertThat(resolved()).as("for a while").isEqualTo("192.0.2.1");
    later();
    awaitResolved("192.0.2.2");
  }

  @Test
  void aResolverThatFailsLeavesTheLastAddress() throws Exception {
    assertThat(resolved()).isEqualTo("192.0.2.1");
    later();
    answer.set(CompletableFuture.completedFuture(""));
    assertThat(resolved()).isEqualTo("192.0.2.1");
    assertThat(hosts.resolve("pg9.example"))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void thoseWhoAskAtOnceShareALookup() throws Exception {
    CompletableFuture<String> hanging = new CompletableFuture<>();
    answer.set(hanging);
    List<CompletableFuture<List<InetAddress>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(hosts.resolve(PG1));
    }
    hanging.complete("192.0.2.3");
    for (CompletableFuture<List<InetAddress>> each : all) {
      assertThat(each.get(10, TimeUnit.SECONDS)).hasSize(1);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void anAddressIsNotLookedUp() {
    for (String literal : List.of("192.0.2.7", "2001:db8::7")) {
      assertThat(hosts.resolve(literal))
          .isCompletedWithValue(List.of(InetAddress.ofLiteral(literal)));
    }
    assertThat(asked).hasValue(0);
  }
}
