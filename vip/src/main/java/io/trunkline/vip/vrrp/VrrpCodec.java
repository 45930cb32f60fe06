package io.trunkline.vip.vrrp;

import io.trunkline.vip.vrrp.VrrpCodec.Decoded.Accepted;
import io.trunkline.vip.vrrp.VrrpCodec.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Advertisements of one group as bytes.
 *
 * <pre>
 *   0                   1                   2                   3
 *  |Version| Type  | Virtual Rtr ID|   Priority    | Address count |
 *  | v2: Auth type | v2: seconds   |           Checksum            |
 *  | v3: rsvd | v3: centiseconds   |                               |
 *  |                  addresses, 4 or 16 bytes each                |
 *  |                  v2: 8 bytes of authentication data           |
 * </pre>
 *
 * (RFC 9568 section 5.2, RFC 3768 section 5.3.) Receiving accepts both checksums that exist for
 * version 3 over IPv4, with the pseudo-header (keepalived) and without (RFC 9568): a disagreement
 * on it makes two masters (keepalived#1175). Decoding what the same master repeats allocates
 * nothing.
 */
public final class VrrpCodec {
  /** The IP protocol number. */
  public static final int PROTOCOL = 112;

  /** The longest message there is: 255 IPv6 addresses. */
  public static final int LONGEST = 8 + 255 * 16;

  private static final int HEADER = 8;
  private static final int ADVERTISEMENT = 1;
  private static final int HOP_LIMIT = 255;
  private static final Map<Reject, Rejected> REJECTED = rejected();

  private final VirtualRouter router;
  private final byte[] addresses;
  private final int length;
  private final int interval;

  private byte[] lastSource = new byte[0];
  private int lastPriority = -1;
  private int lastInterval = -1;
  private @Nullable Accepted last;

  public VrrpCodec(VirtualRouter router) {
    this.router = router;
    ByteBuffer all = ByteBuffer.allocate(router.addresses().size() * (router.ipv6() ? 16 : 4));
    router.addresses().forEach(address -> all.put(address.getAddress()));
    this.addresses = all.array();
    this.length = length(router.addresses().size());
    this.interval = router.version().units(router.advertInterval());
  }

  /** Writes a message from index 0 on, and returns its length. */
  public int encode(int priority, byte[] source, byte[] destination, ByteBuffer out) {
    out.put(0, (byte) (router.version().number() << 4 | ADVERTISEMENT));
    out.put(1, (byte) router.routerId());
    out.put(2, (byte) priority);
    out.put(3, (byte) router.addresses().size());
    out.putShort(
        4,
        switch (router.version()) {
          case V2 -> (short) (router.password().type() << 8 | interval);
          case V3 -> (short) interval;
        });
    out.putShort(6, (short) 0);
    for (int i = 0; i < addresses.length; i++) {
      out.put(HEADER + i, addresses[i]);
    }
    if (router.version() == VrrpVersion.V2) {
      for (int i = 0; i < Password.LENGTH; i++) {
        out.put(HEADER + addresses.length + i, router.password().at(i));
      }
    }
    long sum = Checksum.sum(out, 0, length);
    if (pseudoHeaderSent()) {
      sum += Checksum.pseudoHeader(source, destination, PROTOCOL, length);
    }
    out.putShort(6, (short) Checksum.fold(sum));
    return length;
  }

  /** What {@link VrrpCodec#decode} made of a packet. */
  public sealed interface Decoded {
    /** A valid advertisement for this group. */
    record Accepted(Advertisement advertisement) implements Decoded {}

    /** Anything else. */
    record Rejected(Reject reason) implements Decoded {}
  }

  /** Checks a received message (RFC 9568 section 7.1). */
  public Decoded decode(Datagram datagram, byte[] local) {
    Reject reject = check(datagram, local);
    return reject == null ? accepted(datagram) : Objects.requireNonNull(REJECTED.get(reject));
  }

  private @Nullable Reject check(Datagram datagram, byte[] local) {
    ByteBuffer in = datagram.message();
    int at = in.position();
    int size = in.remaining();
    if (size < HEADER) {
      return Reject.SHORT;
    }
    // Before the rest: another group on the same network is nobody's mistake.
    if ((in.get(at + 1) & 0xff) != router.routerId()) {
      return Reject.ROUTER_ID;
    }
    if (datagram.hopLimit() != HOP_LIMIT) {
      return Reject.TTL;
    }
    if (Arrays.equals(datagram.source(), local)) {
      return Reject.OWN;
    }
    if ((in.get(at) & 0xf0) >> 4 != router.version().number()) {
      return Reject.VERSION;
    }
    if ((in.get(at) & 0x0f) != ADVERTISEMENT) {
      return Reject.TYPE;
    }
    int count = in.get(at + 3) & 0xff;
    if (size < length(count)) {
      return Reject.SHORT;
    }
    if (size > length(count)) {
      return Reject.LONG;
    }
    if (!checksumRight(datagram)) {
      return Reject.CHECKSUM;
    }
    return checkContent(in, at, count);
  }

  private @Nullable Reject checkContent(ByteBuffer in, int at, int count) {
    if (router.version() == VrrpVersion.V2 && !authenticated(in, at, count)) {
      return Reject.AUTH;
    }
    if (count != router.addresses().size()) {
      return Reject.ADDRESS_COUNT;
    }
    for (int i = 0; i < addresses.length; i++) {
      if (in.get(at + HEADER + i) != addresses[i]) {
        return Reject.ADDRESS_LIST;
      }
    }
    int theirs = interval(in, at);
    boolean right =
        switch (router.version()) {
          // RFC 3768 section 7.1: it must be ours.
          case V2 -> theirs == interval;
          case V3 -> theirs > 0;
        };
    return right ? null : Reject.INTERVAL;
  }

  private boolean authenticated(ByteBuffer in, int at, int count) {
    if ((in.get(at + 4) & 0xff) != router.password().type()) {
      return false;
    }
    int difference = 0;
    for (int i = 0; i < Password.LENGTH && router.password().type() != 0; i++) {
      difference |= in.get(at + HEADER + count * 4 + i) ^ router.password().at(i);
    }
    return difference == 0;
  }

  private boolean checksumRight(Datagram datagram) {
    ByteBuffer in = datagram.message();
    long sum = Checksum.sum(in, in.position(), in.limit());
    boolean plainAllowed = !router.ipv6();
    if (plainAllowed && Checksum.fold(sum) == 0) {
      return true;
    }
    return router.version() == VrrpVersion.V3
        && Checksum.fold(
                sum
                    + Checksum.pseudoHeader(
                        datagram.source(), datagram.destination(), PROTOCOL, in.remaining()))
            == 0;
  }

  private Accepted accepted(Datagram datagram) {
    ByteBuffer in = datagram.message();
    int priority = in.get(in.position() + 2) & 0xff;
    int interval = interval(in, in.position());
    Accepted known = last;
    if (known != null
        && priority == lastPriority
        && interval == lastInterval
        && Arrays.equals(datagram.source(), lastSource)) {
      return known;
    }
    Duration every = router.version().interval(interval);
    Accepted fresh =
        new Accepted(new Advertisement(priority, every, InetAddresses.of(datagram.source())));
    lastSource = datagram.source().clone();
    lastPriority = priority;
    lastInterval = interval;
    last = fresh;
    return fresh;
  }

  private int interval(ByteBuffer in, int at) {
    return switch (router.version()) {
      case V2 -> in.get(at + 5) & 0xff;
      case V3 -> in.getShort(at + 4) & 0x0fff;
    };
  }

  private boolean pseudoHeaderSent() {
    return router.version() == VrrpVersion.V3 && (router.ipv6() || !router.checksumAsV2());
  }

  private int length(int count) {
    return switch (router.version()) {
      case V2 -> HEADER + count * 4 + Password.LENGTH;
      case V3 -> HEADER + count * (router.ipv6() ? 16 : 4);
    };
  }

  private static Map<Reject, Rejected> rejected() {
    Map<Reject, Rejected> all = new EnumMap<>(Reject.class);
    for (Reject reason : Reject.values()) {
      all.put(reason, new Rejected(reason));
    }
    return Collections.unmodifiableMap(all);
  }
}
