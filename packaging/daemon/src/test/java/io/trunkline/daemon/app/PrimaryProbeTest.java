package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.HostPort;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Member;
import io.trunkline.routing.Members;
import io.trunkline.routing.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrimaryProbeTest {
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final PrimaryProbe probe =
      new PrimaryProbe(
          new ConnectObserver() {
            @Override
            public void connected(String cluster, String member) {
              heard.add(cluster + " " + member + " connected");
            }

            @Override
            public void failed(String cluster, String member, String failure) {
              heard.add(cluster + " " + member + " failed");
            }

            @Override
            public void standbySeen(String cluster, String member) {
              heard.add(cluster + " " + member + " is a standby");
            }
          });

  @Test
  void saysWhatDiallingComesTo() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
      probe.look("main", primary(port));
      assertThat(next()).isEqualTo("main pg-1 connected");
    }
    probe.look("main", primary(port));
    assertThat(next()).isEqualTo("main pg-1 failed");
  }

  private String next() throws InterruptedException, IOException {
    return Optional.ofNullable(heard.poll(5, TimeUnit.SECONDS)).orElse("nothing");
  }

  private static Member primary(int port) {
    return Members.running(
        "pg-1", new HostPort("127.0.0.1", port), Role.PRIMARY, SampleCluster.START);
  }
}
