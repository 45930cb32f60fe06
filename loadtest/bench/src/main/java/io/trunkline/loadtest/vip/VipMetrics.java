package io.trunkline.loadtest.vip;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a daemon has measured, by the name of the series with its labels. */
record VipMetrics(Map<String, Double> values) {
  private static final String BUCKET = "trunkline_vip_timer_lateness_seconds_bucket{le=\"";

  /** Asks the daemon with that control socket. */
  static VipMetrics of(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String request = "GET /metrics HTTP/1.1\r\nHost: trunkline\r\nConnection: close\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      byte[] bytes = Channels.newInputStream(channel).readAllBytes();
      Map<String, Double> values = new LinkedHashMap<>();
      for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
        int space = line.lastIndexOf(' ');
        if (line.startsWith("trunkline_vip_")) {
          values.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        }
      }
      return new VipMetrics(values);
    }
  }

  /** Whether the daemon's VIP is in that state. */
  boolean in(String state) {
    return values.entrySet().stream()
        .filter(each -> each.getKey().startsWith("trunkline_vip_state{"))
        .anyMatch(
            each -> each.getKey().contains("state=\"" + state + "\"") && each.getValue() == 1);
  }

  /** What was counted since then. */
  VipMetrics since(VipMetrics before) {
    Map<String, Double> difference = new LinkedHashMap<>();
    values.forEach((name, value) -> difference.put(name, value - before.sum(name)));
    return new VipMetrics(difference);
  }

  /** The sum of all series whose name with its labels begins like that. */
  double sum(String beginning) {
    return values.entrySet().stream()
        .filter(each -> each.getKey().startsWith(beginning))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The bound in milliseconds that this share of the timers did not exceed. */
  String latenessWithin(double share) {
    double all = sum("trunkline_vip_timer_lateness_seconds_count");
    for (Map.Entry<String, Double> each : values.entrySet()) {
      if (each.getKey().startsWith(BUCKET) && each.getValue() >= share * all) {
        String bound = each.getKey().substring(BUCKET.length(), each.getKey().lastIndexOf('"'));
        return bound.equals("+Inf") ? "> 2000" : "%.0f".formatted(Double.parseDouble(bound) * 1000);
      }
    }
    return "?";
  }
}
