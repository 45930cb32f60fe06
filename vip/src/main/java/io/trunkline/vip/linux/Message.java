package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * A {@code struct msghdr} of 64-bit Linux with one buffer, an address and control data, allocated
 * once.
 */
final class Message {
  private static final long SIZE = 56;
  private static final long NAME_LENGTH = 8;
  private static final long CONTROL_LENGTH = 40;

  private final MemorySegment header;
  private final MemorySegment vector;
  private final MemorySegment name;
  private final MemorySegment control;

  Message(Socket socket, MemorySegment bytes, int nameSize, int controlSize) {
    header = socket.allocate(SIZE);
    vector = socket.allocate(16);
    name = socket.allocate(nameSize);
    control = socket.allocate(controlSize);
    vector.set(ADDRESS, 0, bytes);
    vector.set(JAVA_LONG, 8, bytes.byteSize());
    header.set(ADDRESS, 0, name);
    header.set(ADDRESS, 16, vector);
    header.set(JAVA_LONG, 24, 1);
    header.set(ADDRESS, 32, control);
    reset();
  }

  /** The kernel shortens the lengths when it receives: put them back. */
  void reset() {
    header.set(JAVA_INT, NAME_LENGTH, (int) name.byteSize());
    header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
  }

  void length(long bytes) {
    vector.set(JAVA_LONG, 8, bytes);
  }

  MemorySegment header() {
    return header;
  }

  MemorySegment name() {
    return name;
  }

  MemorySegment control() {
    return control;
  }

  /** Where the data of that control message begins, or -1. */
  long find(int level, int type) {
    long end = header.get(JAVA_LONG, CONTROL_LENGTH);
    long at = 0;
    while (at + 16 <= end) {
      long length = control.get(JAVA_LONG, at);
      if (length < 16) {
        return -1;
      }
      if (control.get(JAVA_INT, at + 8) == level && control.get(JAVA_INT, at + 12) == type) {
        return at + 16;
      }
      at += (length + 7) & ~7L;
    }
    return -1;
  }
}
