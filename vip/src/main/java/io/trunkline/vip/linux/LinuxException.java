package io.trunkline.vip.linux;

import java.io.IOException;

/** A system call failed. The message says what was attempted and what is missing. */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1L;

  private LinuxException(String message) {
    super(message);
  }

  /** What is wrong without any call having failed. */
  public static LinuxException saying(String message) {
    return new LinuxException(message);
  }

  static LinuxException of(String attempted, int errno) {
    return new LinuxException("cannot " + attempted + ": " + Errno.sentence(errno));
  }

  /** As {@link #of}, for what takes a capability: says so if that is what is missing. */
  static LinuxException of(String attempted, int errno, Capability needed) {
    if (!Errno.EPERM.is(errno) && !Errno.EACCES.is(errno)) {
      return of(attempted, errno);
    }
    return new LinuxException(
        "cannot %s: this process lacks %s (systemd: AmbientCapabilities=%s; by hand: run as root)"
            .formatted(attempted, needed, needed));
  }
}
