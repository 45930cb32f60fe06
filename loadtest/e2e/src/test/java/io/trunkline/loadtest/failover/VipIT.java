package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.VirtualAddress;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Reader;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Target;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Clients connect to addresses that one of three proxies has. */
@ExtendWith(SharedLab.class)
@Isolated("a starved proxy lets its address go")
class VipIT {
  private static final Duration MOVES = Duration.ofSeconds(20);

  /** More than the kernel takes to remove what nobody renews. */
  private static final Duration GONE = Duration.ofSeconds(10);

  private static VirtualAddress write;
  private static VirtualAddress read;

  /** The write address prefers the first node, the read address the second. */
  @BeforeAll
  static void enable(Lab lab) {
    write = new VirtualAddress(lab.spareAddress(1));
    read = new VirtualAddress(lab.spareAddress(3));
    int[] priorities = {100, 90, 80};
    for (int i = 0; i < 3; i++) {
      VirtualAddress.configure(
          lab.proxies().get(i),
          """
          vips:
            - {name: write, interface: eth0, addresses: [%s/24], vrrp: {router_id: 51, priority: %d}}
            - {name: read, interface: eth0, addresses: [%s/24], vrrp: {router_id: 52, priority: %d}}
          """
              .formatted(write.address(), priorities[i], read.address(), priorities[(i + 2) % 3]));
      lab.proxies().get(i).restart();
    }
  }

  @AfterAll
  static void disable(Lab lab) {
    VirtualAddress.disable(lab);
  }

  @BeforeEach
  void everyAddressIsAtHome(Lab lab) {
    Await.until(
        "each address on the node that it prefers",
        Duration.ofSeconds(30),
        () -> onlyOn(lab, write, lab.proxy(1)) && onlyOn(lab, read, lab.proxy(2)));
    lab.awaitServing(5000, Duration.ofSeconds(30));
  }

  @Test
  void theAddressOutlivesTheProxyThatHasIt(Lab lab) {
    struck(
        lab,
        holder -> holder.kill9(Service.TRUNKLINE),
        holder ->
            Await.until(
                "the kernel has removed the address from the dead node",
                GONE,
                () -> !has(holder, write)));
  }

  @Test
  void theAddressLeavesAFrozenProxy(Lab lab) {
    struck(
        lab,
        holder -> holder.pause(Service.TRUNKLINE),
        holder -> {
          Await.until(
              "the kernel has removed the address from the frozen node",
              GONE,
              () -> !has(holder, write));
          holder.resume(Service.TRUNKLINE);
          Await.until("it is back", MOVES, () -> onlyOn(lab, write, holder));
        });
  }

  @Test
  void twoHoldersBecomeOneWhenTheNetworkHeals(Lab lab) {
    struck(
        lab,
        holder -> lab.faults().unplug(holder),
        holder -> {
          assertThat(has(holder, write)).as("nobody told the node that is cut off").isTrue();
          lab.faults().rejoin();
          Await.until("one holder, the preferred", MOVES, () -> onlyOn(lab, write, holder));
        });
  }

  @Test
  void addressesOfOtherNodesStayWhenANodeDies(Lab lab) {
    try (Reader reader = Reader.start("vip-read-" + System.nanoTime(), lab.target(read, 5001))) {
      struck(lab, holder -> holder.kill9(Service.TRUNKLINE), _ -> {});
      List<Sample> reads = reader.stop();
      assertThat(reads).hasSizeGreaterThan(20).allMatch(Sample::acknowledged);
      assertThat(reads.getLast().session()).as("the reader's sessions").isEqualTo(1);
      assertThat(onlyOn(lab, read, lab.proxy(2))).isTrue();
    }
  }

  /** Commits go on through the next proxy, and what was acknowledged is there. */
  private static void struck(Lab lab, Consumer<ProxyNode> blow, Consumer<ProxyNode> afterwards) {
    Duration second = Duration.ofSeconds(1);
    Target target = lab.target(write, 5000).withTimeouts(second, second, Duration.ofSeconds(3));
    ProxyNode holder = lab.proxy(1);
    try (Writer writer = Writer.start("vip-" + System.nanoTime(), target)) {
      Await.until("commits", Duration.ofSeconds(10), () -> acknowledged(writer.samples()) > 50);
      blow.accept(holder);
      long before = acknowledged(writer.samples());
      Await.until(
          "commits through the next proxy",
          MOVES,
          () -> acknowledged(writer.samples()) > before + 50);
      assertThat(lab.proxies().subList(1, 3)).anyMatch(node -> has(node, write));
      afterwards.accept(holder);
      Verdict verdict = Verdict.of(writer, lab);
      assertThat(verdict.lost()).as("%s", verdict).isZero();
      assertThat(verdict.readOnly()).as("%s", verdict).isZero();
    }
  }

  private static boolean onlyOn(Lab lab, VirtualAddress vip, ProxyNode node) {
    return lab.proxies().stream().allMatch(each -> has(each, vip) == each.equals(node));
  }

  private static boolean has(ProxyNode node, VirtualAddress vip) {
    return node.exec("ip", "-4", "addr", "show", "eth0").contains(" " + vip.address() + "/");
  }

  private static long acknowledged(List<Sample> samples) {
    return samples.stream().filter(Sample::acknowledged).count();
  }
}
