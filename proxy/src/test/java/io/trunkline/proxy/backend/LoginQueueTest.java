package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.trunkline.proxy.ProxyTestCase;
import io.trunkline.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Places are never given to too many, never lost, and given to who came first. */
@Timeout(60)
class LoginQueueTest extends ProxyTestCase {
  private static final int LOOPS = 4;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(LOOPS, LocalIoHandler.newFactory());

  private LoginQueue queue(int constant) {
    using(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly());
    return new LoginQueue(() -> OptionalInt.of(constant), System::nanoTime);
  }

  /** Runs on the loop that owns the login. */
  private static void on(EventLoop loop, Runnable task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(
        () -> {
          task.run();
          done.countDown();
        });
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private record Order(List<Long> admitted) implements Login.Listener {
    @Override
    public void onAdmitted(Login login) {
      admitted.add(login.ticket());
    }

    @Override
    public void onRefusing(Login login) {}
  }

  @Test
  void aMemberThatRefusedIsTriedAgainLaterAlsoWhereOthersCanBeHad() throws Exception {
    LoginQueue queue = queue(1);
    queue.onRefused("it refuses connections", false);

    assertThat(queue.avoided()).isTrue();
    Await.until(() -> !queue.avoided());
    assertThat(queue.refuses()).as("nobody has been let in since").isTrue();
  }

  @Test
  void whileOneAsksAMemberThatRefusedTheOthersLeaveItAlone() throws Exception {
    LoginQueue queue = queue(1);
    EventLoop loop = group.next();
    Login asking = new Login(queue, 0, loop, new Order(new CopyOnWriteArrayList<>()));
    queue.onRefused("it refuses connections", false);
    Await.until(() -> !queue.avoided());

    on(loop, () -> assertThat(asking.enter()).isTrue());
    assertThat(queue.avoided()).isTrue();
    on(loop, asking::leave);
    assertThat(queue.avoided()).isFalse();
  }

  @Test
  void whoCameFirstIsAdmittedFirstWhateverTheLoop() throws Exception {
    LoginQueue queue = queue(1);
    Order order = new Order(new CopyOnWriteArrayList<>());
    EventLoop first = group.next();
    Login holder = new Login(queue, 0, first, order);
    on(first, () -> assertThat(holder.enter()).isTrue());
    List<Long> tickets = new ArrayList<>(List.of(5L, 2L, 9L, 1L, 7L));
    List<Login> logins = new ArrayList<>();
    List<EventLoop> loops = new ArrayList<>();
    for (long ticket : tickets) {
      EventLoop loop = group.next();
      Login login = new Login(queue, ticket, loop, order);
      on(loop, () -> assertThat(login.enter()).isFalse());
      logins.add(login);
      loops.add(loop);
    }
    assertThat(queue.queued()).isEqualTo(5);
    assertThat(queue.before(logins.get(2))).isEqualTo(5);
    on(loops.get(4), () -> logins.get(4).leave());
    on(first, () -> holder.completed(true));
    for (long ticket : List.of(1L, 2L, 5L, 9L)) {
      Await.until(() -> order.admitted().contains(ticket));
      int index = tickets.indexOf(ticket);
      assertThat(order.admitted()).endsWith(ticket);
      on(loops.get(index), () -> logins.get(index).completed(true));
    }
    assertThat(order.admitted()).containsExactly(1L, 2L, 5L, 9L);
    Await.until(queue::idle);
  }

  /** A login that does something by chance at every step, and always ends. */
  private final class Chance implements Login.Listener {
    private final LoginQueue queue;
    private final EventLoop loop;
    private final Random random;
    private final AtomicInteger underWay;
    private final AtomicInteger most;
    private final CountDownLatch ended;
    private boolean counted;

    Chance(
        LoginQueue queue,
        long seed,
        AtomicInteger underWay,
        AtomicInteger most,
        CountDownLatch ended) {
      this.queue = queue;
      this.loop = group.next();
      this.random = new Random(seed);
      this.underWay = underWay;
      this.most = most;
      this.ended = ended;
    }

    void start(long ticket) {
      loop.execute(
          () -> {
            Login login = new Login(queue, ticket, loop, this);
            if (login.enter()) {
              onAdmitted(login);
            } else if (random.nextInt(4) == 0) {
              later(() -> leaveIfQueued(login));
            }
          });
    }

    private void leaveIfQueued(Login login) {
      if (login.queued()) {
        login.leave();
        ended.countDown();
      }
    }

    @Override
    public void onAdmitted(Login login) {
      counted = true;
      most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      later(() -> step(login));
    }

    @Override
    public void onRefusing(Login login) {
      if (random.nextInt(3) == 0) {
        leaveIfQueued(login);
      }
    }

    private void step(Login login) {
      switch (random.nextInt(5)) {
        case 0 -> {
          login.answered();
          later(
              () -> {
                login.asked();
                step(login);
              });
        }
        case 1 -> end(() -> login.refused("no", random.nextBoolean()));
        case 2 -> end(() -> login.completed(false));
        case 3 -> end(login::leave);
        default -> end(() -> login.completed(true));
      }
    }

    private void end(Runnable how) {
      if (counted) {
        underWay.decrementAndGet();
      }
      how.run();
      ended.countDown();
    }

    private void later(Runnable task) {
      loop.schedule(task, random.nextInt(500), TimeUnit.MICROSECONDS);
    }
  }

  @Test
  void noPlaceIsLostOrGivenTwiceWhateverHappens() throws Exception {
    int limit = 5;
    LoginQueue queue = queue(limit);
    int logins = 5_000;
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(logins);
    for (int i = 0; i < logins; i++) {
      new Chance(queue, i, underWay, most, ended).start(i);
    }
    assertThat(ended.await(50, TimeUnit.SECONDS)).as("%d have not", ended.getCount()).isTrue();
    Await.until(queue::idle);
    assertThat(most.get()).isBetween(1, limit);
    assertThat(queue.underWay()).isZero();
  }

  @Test
  void aClientThatDoesNotAnswerGivesItsPlaceToTheNext() throws Exception {
    LoginQueue queue = queue(1);
    Order order = new Order(new CopyOnWriteArrayList<>());
    EventLoop loop = group.next();
    Login slow = new Login(queue, 0, loop, order);
    Login next = new Login(queue, 1, loop, order);
    on(
        loop,
        () -> {
          assertThat(slow.enter()).isTrue();
          assertThat(next.enter()).isFalse();
          slow.answered();
        });
    Await.until(() -> order.admitted().contains(1L));
    on(
        loop,
        () -> {
          slow.asked();
          slow.completed(true);
          next.completed(true);
        });
    assertThat(queue.idle()).isTrue();
  }

  @Test
  void aFewAskAMemberThatRefusesAndTheFirstThatGetsInWakesTheOthers() throws Exception {
    LoginQueue queue = queue(10);
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger open = new AtomicInteger();
    CountDownLatch in = new CountDownLatch(200);
    EventLoop loop = group.next();
    long begun = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      ask(queue, i, loop, asked, open, in);
    }
    Thread.sleep(500); // so long they ask
    int attempts = asked.get();
    long rounds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / 40 + 1;
    assertThat(attempts).isBetween(3, 10 + 2 * (int) rounds);
    assertThat(queue.refusal()).contains("not yet");
    open.set(1);
    assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(queue.refuses()).isFalse();
    Await.until(queue::idle);
  }

  private static void ask(
      LoginQueue queue,
      long ticket,
      EventLoop loop,
      AtomicInteger asked,
      AtomicInteger open,
      CountDownLatch in) {
    Login.Listener listener =
        new Login.Listener() {
          @Override
          public void onAdmitted(Login login) {
            asked.incrementAndGet();
            if (open.get() == 1) {
              login.completed(true);
              in.countDown();
            } else {
              login.refused("not yet", false);
              ask(queue, ticket, loop, asked, open, in);
            }
          }

          @Override
          public void onRefusing(Login login) {}
        };
    loop.execute(
        () -> {
          Login login = new Login(queue, ticket, loop, listener);
          if (login.enter()) {
            listener.onAdmitted(login);
          }
        });
  }

  @Test
  void whatOneClientIsRefusedForSaysNothingOfTheMember() throws Exception {
    LoginQueue queue = queue(10);
    Order order = new Order(new CopyOnWriteArrayList<>());
    EventLoop loop = group.next();
    on(
        loop,
        () -> {
          Login odd = new Login(queue, 0, loop, order);
          Login other = new Login(queue, 1, loop, order);
          odd.enter();
          other.enter();
          other.completed(true);
          assertThat(odd.refused("closed", false)).isFalse();
        });
    assertThat(queue.refuses()).isFalse();
    assertThat(queue.answeredAgo()).isLessThan(Duration.ofSeconds(10));
    assertThat(queue.idle()).isTrue();
  }
}
