package io.trunkline.vip.linux;

/** The error numbers that occur here, and what they mean to an operator. */
enum Errno {
  EPERM(1, "the kernel does not permit it"),
  ENOENT(2, "there is no such thing"),
  EINTR(4, "interrupted by a signal"),
  EAGAIN(11, "nothing there yet"),
  ENOMEM(12, "the kernel is out of memory"),
  EACCES(13, "access is denied"),
  EEXIST(17, "it exists already"),
  ENODEV(19, "the interface does not exist"),
  EINVAL(22, "the kernel does not accept the arguments"),
  EOPNOTSUPP(95, "the kernel does not support it"),
  EAFNOSUPPORT(97, "the kernel does not know the address family (is IPv6 disabled?)"),
  EADDRINUSE(98, "the address is in use"),
  EADDRNOTAVAIL(99, "the address is not there"),
  ENETDOWN(100, "the interface is down"),
  ENETUNREACH(101, "the network cannot be reached"),
  ENOBUFS(105, "the kernel's buffers are full"),
  EHOSTUNREACH(113, "the host cannot be reached");

  private final int number;
  private final String sentence;

  Errno(int number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  boolean is(int errno) {
    return errno == number;
  }

  /** For people: the meaning, with the name that a search engine knows. */
  static String sentence(int errno) {
    for (Errno known : values()) {
      if (known.number == errno) {
        return known.sentence + " (" + known.name() + ")";
      }
    }
    return "errno " + errno;
  }
}
