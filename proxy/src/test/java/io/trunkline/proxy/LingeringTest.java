package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.Configs;
import io.trunkline.proxy.admission.Admission;
import io.trunkline.proxy.session.InMemoryListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Clients that were told the end and stay: they are in no limit of connections, so have their own.
 */
class LingeringTest {
  private static final int MOST = 2_000;
  private static final int MOST_REFUSED = 1_000;

  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();
  private final List<EmbeddedChannel> lingering = new ArrayList<>();

  private Admission admission(int maxConnections) {
    settings.limits = Configs.limits(maxConnections, maxConnections, maxConnections);
    return new InMemoryListener(settings).context.admission();
  }

  private int fill(Admission admission, boolean served) {
    for (int count = 0; ; count++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      if (!admission.lingers(channel, served)) {
        return count;
      }
      lingering.add(channel);
    }
  }

  @Test
  void thereAreNoMoreThanSessionsMayBe() {
    Admission admission = admission(MOST);
    assertThat(fill(admission, true)).isEqualTo(MOST);
    assertThat(fill(admission, false)).isZero();
  }

  @Test
  void ofThoseWhoWereNeverServedThereAreFewer() {
    Admission admission = admission(MOST);
    assertThat(fill(admission, false)).isEqualTo(MOST_REFUSED);
    assertThat(admission.lingers(new EmbeddedChannel(), true)).isTrue();
  }

  @Test
  void whoeverClosesMakesRoom() {
    Admission admission = admission(MOST);
    fill(admission, true);
    lingering.getFirst().close();
    assertThat(fill(admission, true)).isEqualTo(1);
  }

  @Test
  void whoIsOneTooManyIsReset() {
    settings.limits = Configs.limits(1, 1, 1);
    InMemoryListener listener = new InMemoryListener(settings);
    DuplexEmbeddedChannel session = new DuplexEmbeddedChannel();
    listener.accept(session);
    DuplexEmbeddedChannel told = new DuplexEmbeddedChannel();
    listener.accept(told);
    fill(listener.context.admission(), false);
    DuplexEmbeddedChannel reset = new DuplexEmbeddedChannel();
    listener.accept(reset);
    reset.runPendingTasks();
    assertThat(told.isOpen()).isTrue();
    assertThat(reset.isOpen()).isFalse();
    assertThat(listener.context.stats().connections()).isEqualTo(2);
    session.finishAndReleaseAll();
    told.finishAndReleaseAll();
    reset.finishAndReleaseAll();
  }
}
