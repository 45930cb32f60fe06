package io.trunkline.vip.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Messages of rtnetlink. Each must mean the same alone as among others, and nothing beyond its
 * length may count: the buffer holds what earlier messages left there.
 */
public final class NetlinkFuzz {
  private static final int BUFFER = 8 * 1024;

  private NetlinkFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    byte[] bytes = Arrays.copyOf(input, Math.min(input.length, BUFFER));
    List<Object> events = events(bytes, (byte) 0);
    assertThat(events(bytes, (byte) 0xff)).isEqualTo(events);
    assertThat(events.size()).isLessThanOrEqualTo(bytes.length / Netlink.HEADER * 2);
    List<Object> oneByOne = new ArrayList<>();
    int at = 0;
    while (bytes.length - at >= Netlink.HEADER) {
      int length = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(at);
      if (length < Netlink.HEADER || length > bytes.length - at) {
        break;
      }
      oneByOne.addAll(events(Arrays.copyOfRange(bytes, at, at + length), (byte) 1));
      at += Netlink.align(length);
    }
    assertThat(oneByOne).isEqualTo(events);
  }

  /** What they say, in a buffer with those bytes behind them. */
  private static List<Object> events(byte[] bytes, byte behind) {
    byte[] buffer = Arrays.copyOf(bytes, BUFFER);
    Arrays.fill(buffer, bytes.length, BUFFER, behind);
    NetlinkReader reader =
        new NetlinkReader(ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder()));
    Events events = new Events();
    reader.begin(bytes.length);
    while (reader.nextMessage()) {
      RouteMonitor.report(reader, events);
      switch (reader.type()) {
        case Netlink.NLMSG_ERROR, Netlink.NLMSG_DONE -> events.all.add(reader.error());
        case Netlink.RTM_NEWADDR -> {
          if (reader.internetAddress()) {
            events.all.add(reader.address());
          }
        }
        default -> {}
      }
    }
    return events.all;
  }

  private static final class Events implements RouteMonitor.Listener {
    private final List<Object> all = new ArrayList<>();

    @Override
    public void linkChanged(Link link) {
      all.add(link);
    }

    @Override
    public void linkGone(Link link) {
      all.add(List.of(link));
    }

    @Override
    public void addressAdded(int linkIndex) {
      all.add(linkIndex);
    }

    @Override
    public void addressGone(AddressOnLink address) {
      all.add(List.of(address));
    }

    @Override
    public void overrun() {
      all.add("overrun");
    }
  }
}
