package io.trunkline.vip.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A file descriptor, its native memory, and the options one sets on it. */
final class Socket implements AutoCloseable {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;
  static final int SOCK_RAW = 3;
  static final int IPPROTO_IP = 0;
  static final int IPPROTO_IPV6 = 41;

  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_PRIORITY = 12;
  private static final int SO_BINDTODEVICE = 25;

  private final Arena arena;
  private final Libc libc;
  private final int fd;
  private final String name;

  private Socket(Arena arena, Libc libc, int fd, String name) {
    this.arena = arena;
    this.libc = libc;
    this.fd = fd;
    this.name = name;
  }

  /** Opens a socket. {@code name} completes the sentence "cannot open ...". */
  static Socket open(String name, int domain, int protocol, boolean blocking, Capability needed)
      throws LinuxException {
    Arena arena = Arena.ofShared();
    Libc libc = new Libc(arena);
    int type = SOCK_RAW | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    int fd = libc.socket(domain, type, protocol);
    if (fd < 0) {
      arena.close();
      throw LinuxException.of("open " + name, -fd, needed);
    }
    return new Socket(arena, libc, fd, name);
  }

  int fd() {
    return fd;
  }

  Libc libc() {
    return libc;
  }

  MemorySegment allocate(long size) {
    return arena.allocate(size, 8);
  }

  void option(int level, int option, int value) throws LinuxException {
    MemorySegment segment = arena.allocate(ValueLayout.JAVA_INT);
    segment.set(ValueLayout.JAVA_INT, 0, value);
    option(level, option, segment);
  }

  void option(int level, int option, MemorySegment value) throws LinuxException {
    int result = libc.setsockopt(fd, level, option, value, (int) value.byteSize());
    if (result < 0) {
      throw LinuxException.of(
          "set option %d/%d of %s".formatted(level, option, name), -result, Capability.CAP_NET_RAW);
    }
  }

  void bindToDevice(String networkInterface) throws LinuxException {
    option(
        SOL_SOCKET,
        SO_BINDTODEVICE,
        arena.allocateFrom(networkInterface, StandardCharsets.US_ASCII));
  }

  /** Network control, as routing protocols are sent: they must survive a full queue. */
  void urgent() throws LinuxException {
    option(SOL_SOCKET, SO_PRIORITY, 6);
  }

  void receiveBuffer(int bytes) throws LinuxException {
    option(SOL_SOCKET, SO_RCVBUF, bytes);
  }

  void bind(MemorySegment address) throws LinuxException {
    int result = libc.bind(fd, address, (int) address.byteSize());
    if (result < 0) {
      throw LinuxException.of("bind " + name, -result, Capability.CAP_NET_RAW);
    }
  }

  @Override
  public void close() {
    libc.close(fd);
    arena.close();
  }
}
