package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit against members that are computed: the time in here is a number. */
class LoginLimitTest {
  private static final int LOGINS = 2_000;
  private static final int[] CONSTANTS = {2, 4, 8, 16, 32, 64};

  /**
   * A member whose processors are shared by the logins that it works at.
   *
   * @param processors how many
   * @param work of one login, in milliseconds of one processor
   * @param client how long the client takes each time that it is asked, in milliseconds
   * @param strain by what share each login slows all of them down
   */
  private record Member(double processors, double work, double client, double strain) {
    private static final int TURNS = 3;

    /** Logins per second with that constant limit, or as many as {@link LoginLimit} says. */
    double rate(int constant) {
      Random random = new Random(1);
      LoginLimit limit = LoginLimit.first(0);
      List<OneLogin> underWay = new ArrayList<>();
      double now = 0;
      int begun = 0;
      int done = 0;
      while (done < LOGINS) {
        while (begun < LOGINS && underWay.size() < (constant > 0 ? constant : limit.limit())) {
          underWay.add(new OneLogin(turn(random)));
          begun++;
        }
        long busy = underWay.stream().filter(login -> login.membersTurn).count();
        double speed = Math.min(1, processors / Math.max(1, busy)) / (1 + strain * busy);
        double step =
            underWay.stream()
                .mapToDouble(login -> login.membersTurn ? login.left / speed : login.left)
                .min()
                .orElseThrow();
        now += step;
        for (Iterator<OneLogin> each = underWay.iterator(); each.hasNext(); ) {
          OneLogin login = each.next();
          login.left -= login.membersTurn ? step * speed : step;
          login.took += login.membersTurn ? step : 0;
          if (login.left > 1e-9) {
            continue;
          }
          login.turns += login.membersTurn ? 1 : 0;
          if (login.turns == TURNS) {
            each.remove();
            done++;
            limit = limit.completed(nanos(login.took), begun < LOGINS, nanos(now));
            assertThat(limit.limit()).isBetween(LoginLimit.LEAST, LoginLimit.MOST);
          } else {
            login.membersTurn = !login.membersTurn;
            login.left =
                login.membersTurn ? turn(random) : client * (0.5 + random.nextDouble()) + 1e-6;
          }
        }
      }
      return done / now * 1000;
    }

    private double turn(Random random) {
      return work / TURNS * (0.5 + random.nextDouble());
    }
  }

  private static final class OneLogin {
    private double left;
    private double took;
    private int turns;
    private boolean membersTurn = true;

    OneLogin(double left) {
      this.left = left;
    }
  }

  private static long nanos(double milliseconds) {
    return (long) (milliseconds * 1e6);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, 0.5, 0.002",
    "1, 5, 20, 0.002",
    "1, 5, 5, 0.03",
    "0.2, 5, 0.5, 0.005",
    "4, 5, 1, 0.002",
    "2, 100, 1, 0.01",
    "16, 5, 2, 0.001",
  })
  void as_many_are_let_in_as_with_the_best_constant_less_a_tenth(
      double processors, double work, double client, double strain) {
    Member member = new Member(processors, work, client, strain);
    double best = IntStream.of(CONSTANTS).mapToDouble(member::rate).max().orElseThrow();
    assertThat(member.rate(0)).isGreaterThan(0.9 * best);
  }

  private static LoginLimit rounds(LoginLimit limit, int logins, long took, boolean othersWait) {
    LoginLimit after = limit;
    for (int i = 1; i <= logins; i++) {
      after = after.completed(took, othersWait, after.since() + i * took);
    }
    return after;
  }

  @Test
  void it_does_not_grow_while_nobody_waits() {
    LoginLimit first = LoginLimit.first(0);
    assertThat(rounds(first, 1_000, 1_000_000, false).limit()).isEqualTo(first.limit());
    assertThat(rounds(first, 1_000, 1_000_000, true).limit()).isGreaterThan(first.limit());
  }

  @Test
  void a_member_that_does_not_answer_gets_half_as_many_but_never_none() {
    LoginLimit limit = LoginLimit.first(0);
    for (int i = 0; i < 10; i++) {
      limit = limit.lost(i);
    }
    assertThat(limit.limit()).isEqualTo(LoginLimit.LEAST);
  }

  @Test
  void a_member_that_has_become_slower_for_good_is_believed() {
    LoginLimit limit = rounds(LoginLimit.first(0), 100, 1_000_000, false);
    assertThat(limit.base()).isEqualTo(1_000_000);
    limit = rounds(limit, 10_000, 10_000_000, true);
    assertThat(limit.base()).isEqualTo(10_000_000);
  }
}
