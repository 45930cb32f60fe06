package io.trunkline.packaging.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.routing.ConnectObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectDispatchTest {
  private final List<String> heard = new ArrayList<>();

  private ConnectObserver observer(String name) {
    return new ConnectObserver() {
      @Override
      public void connected(String cluster, String member) {
        heard.add(name + " connected " + member);
      }

      @Override
      public void failed(String cluster, String member, String failure) {
        heard.add(name + " failed " + member + " " + failure);
      }

      @Override
      public void standbySeen(String cluster, String member) {
        heard.add(name + " standby seen " + member);
      }
    };
  }

  @Test
  void tellsTheClusterItIsAbout() {
    ConnectDispatch dispatch = new ConnectDispatch();
    dispatch.register("a", observer("a"));
    dispatch.register("b", observer("b"));
    dispatch.connected("b", "pg-1");
    dispatch.failed("a", "pg-2", "refused");
    dispatch.standbySeen("b", "pg-1");
    dispatch.standbySeen("c", "pg-1");
    dispatch.connected("c", "pg-3");
    dispatch.failed("c", "pg-3", "refused");
    assertThat(heard)
        .containsExactly("b connected pg-1", "a failed pg-2 refused", "b standby seen pg-1");
  }
}
