package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls. Each returns what the call returned, or {@code -errno}. An instance has its own
 * place for errno and belongs to one thread at a time.
 *
 * <p>Fetching errno makes the runtime allocate something at each call. What is called over and over
 * is therefore first called without; only if it fails, and may be repeated because what failed did
 * nothing, it is called again, to learn why. The {@code try} calls do not ask why: they return -1.
 */
final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      find("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      find(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle BIND =
      find("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      find("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final FunctionDescriptor SENDTO_TYPE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SENDTO = find("sendto", SENDTO_TYPE);
  private static final MethodHandle TRY_SENDTO = findPlain("sendto", SENDTO_TYPE);
  private static final MethodHandle TRY_SENDMSG =
      findPlain("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle TRY_RECVMSG =
      findPlain("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final FunctionDescriptor RECV_TYPE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle RECV = find("recv", RECV_TYPE);
  private static final MethodHandle TRY_RECV = findPlain("recv", RECV_TYPE);
  private static final MethodHandle TRY_PPOLL =
      findPlain("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  private static final MethodHandle EVENTFD =
      find("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      find("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      find("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private static final MethodHandle SCHED_SETSCHEDULER =
      find("sched_setscheduler", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

  private final MemorySegment state;

  Libc(Arena arena) {
    this.state = arena.allocate(Linker.Option.captureStateLayout());
  }

  int socket(int domain, int type, int protocol) {
    return call("socket", () -> (int) SOCKET.invokeExact(state, domain, type, protocol));
  }

  int close(int fd) {
    return call("close", () -> (int) CLOSE.invokeExact(state, fd));
  }

  int setsockopt(int fd, int level, int option, MemorySegment value, int length) {
    return call(
        "setsockopt", () -> (int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length));
  }

  int bind(int fd, MemorySegment address, int length) {
    return call("bind", () -> (int) BIND.invokeExact(state, fd, address, length));
  }

  int getsockname(int fd, MemorySegment address, MemorySegment length) {
    return call("getsockname", () -> (int) GETSOCKNAME.invokeExact(state, fd, address, length));
  }

  /** Sends, or does nothing. */
  int sendto(int fd, MemorySegment bytes, long length, MemorySegment address, int addressLength) {
    int sent = trySendto(fd, bytes, length, address, addressLength);
    if (sent >= 0) {
      return sent;
    }
    return call(
        "sendto",
        () -> (long) SENDTO.invokeExact(state, fd, bytes, length, 0, address, addressLength));
  }

  int trySendto(
      int fd, MemorySegment bytes, long length, MemorySegment address, int addressLength) {
    try {
      return (int) (long) TRY_SENDTO.invokeExact(fd, bytes, length, 0, address, addressLength);
    } catch (Throwable e) {
      throw new LinkageError("sendto", e);
    }
  }

  int trySendmsg(int fd, MemorySegment message) {
    try {
      return (int) (long) TRY_SENDMSG.invokeExact(fd, message, 0);
    } catch (Throwable e) {
      throw new LinkageError("sendmsg", e);
    }
  }

  int tryRecvmsg(int fd, MemorySegment message) {
    try {
      return (int) (long) TRY_RECVMSG.invokeExact(fd, message, 0);
    } catch (Throwable e) {
      throw new LinkageError("recvmsg", e);
    }
  }

  int recv(int fd, MemorySegment bytes) {
    return call("recv", () -> (long) RECV.invokeExact(state, fd, bytes, bytes.byteSize(), 0));
  }

  int tryRecv(int fd, MemorySegment bytes) {
    try {
      return (int) (long) TRY_RECV.invokeExact(fd, bytes, bytes.byteSize(), 0);
    } catch (Throwable e) {
      throw new LinkageError("recv", e);
    }
  }

  int tryPpoll(MemorySegment fds, long count, MemorySegment timeout) {
    try {
      return (int) TRY_PPOLL.invokeExact(fds, count, timeout, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new LinkageError("ppoll", e);
    }
  }

  int eventfd(int flags) {
    return call("eventfd", () -> (int) EVENTFD.invokeExact(state, 0, flags));
  }

  int read(int fd, MemorySegment bytes) {
    return call("read", () -> (long) READ.invokeExact(state, fd, bytes, bytes.byteSize()));
  }

  int write(int fd, MemorySegment bytes) {
    return call("write", () -> (long) WRITE.invokeExact(state, fd, bytes, bytes.byteSize()));
  }

  /** Of the calling thread. */
  int schedSetscheduler(int policy, MemorySegment parameters) {
    return call(
        "sched_setscheduler",
        () -> (int) SCHED_SETSCHEDULER.invokeExact(state, 0, policy, parameters));
  }

  private interface Call {
    long make() throws Throwable;
  }

  /** A call that fetches errno. */
  private int call(String name, Call call) {
    try {
      long result = call.make();
      return result == -1 ? -(int) ERRNO.get(state, 0L) : (int) result;
    } catch (Throwable e) {
      throw new LinkageError(name, e);
    }
  }

  private static MethodHandle find(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, CAPTURE);
  }

  private static MethodHandle findPlain(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }
}
