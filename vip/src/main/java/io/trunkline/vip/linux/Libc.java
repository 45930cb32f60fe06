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
  private static final MethodHandle SENDTO =
      find(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SENDMSG =
      find("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVMSG =
      find("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECV =
      find("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle PPOLL =
      find("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  private static final MethodHandle EVENTFD =
      find("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      find("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      find("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private final MemorySegment state;

  Libc(Arena arena) {
    this.state = arena.allocate(Linker.Option.captureStateLayout());
  }

  int socket(int domain, int type, int protocol) {
    try {
      return orErrno((int) SOCKET.invokeExact(state, domain, type, protocol));
    } catch (Throwable e) {
      throw new LinkageError("socket", e);
    }
  }

  int close(int fd) {
    try {
      return orErrno((int) CLOSE.invokeExact(state, fd));
    } catch (Throwable e) {
      throw new LinkageError("close", e);
    }
  }

  int setsockopt(int fd, int level, int option, MemorySegment value, int length) {
    try {
      return orErrno((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length));
    } catch (Throwable e) {
      throw new LinkageError("setsockopt", e);
    }
  }

  int bind(int fd, MemorySegment address, int length) {
    try {
      return orErrno((int) BIND.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw new LinkageError("bind", e);
    }
  }

  int getsockname(int fd, MemorySegment address, MemorySegment length) {
    try {
      return orErrno((int) GETSOCKNAME.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw new LinkageError("getsockname", e);
    }
  }

  int sendto(int fd, MemorySegment bytes, long length, MemorySegment address, int addressLength) {
    try {
      return orErrno(
          (long) SENDTO.invokeExact(state, fd, bytes, length, 0, address, addressLength));
    } catch (Throwable e) {
      throw new LinkageError("sendto", e);
    }
  }

  int sendmsg(int fd, MemorySegment message) {
    try {
      return orErrno((long) SENDMSG.invokeExact(state, fd, message, 0));
    } catch (Throwable e) {
      throw new LinkageError("sendmsg", e);
    }
  }

  int recvmsg(int fd, MemorySegment message) {
    try {
      return orErrno((long) RECVMSG.invokeExact(state, fd, message, 0));
    } catch (Throwable e) {
      throw new LinkageError("recvmsg", e);
    }
  }

  int recv(int fd, MemorySegment bytes) {
    try {
      return orErrno((long) RECV.invokeExact(state, fd, bytes, bytes.byteSize(), 0));
    } catch (Throwable e) {
      throw new LinkageError("recv", e);
    }
  }

  int ppoll(MemorySegment fds, long count, MemorySegment timeout) {
    try {
      return orErrno((int) PPOLL.invokeExact(state, fds, count, timeout, MemorySegment.NULL));
    } catch (Throwable e) {
      throw new LinkageError("ppoll", e);
    }
  }

  int eventfd(int flags) {
    try {
      return orErrno((int) EVENTFD.invokeExact(state, 0, flags));
    } catch (Throwable e) {
      throw new LinkageError("eventfd", e);
    }
  }

  int read(int fd, MemorySegment bytes) {
    try {
      return orErrno((long) READ.invokeExact(state, fd, bytes, bytes.byteSize()));
    } catch (Throwable e) {
      throw new LinkageError("read", e);
    }
  }

  int write(int fd, MemorySegment bytes) {
    try {
      return orErrno((long) WRITE.invokeExact(state, fd, bytes, bytes.byteSize()));
    } catch (Throwable e) {
      throw new LinkageError("write", e);
    }
  }

  private int orErrno(long result) {
    return result == -1 ? -(int) ERRNO.get(state, 0L) : (int) result;
  }

  private static MethodHandle find(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, CAPTURE);
  }
}
