package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * What the kernel is to drop before it wakes anybody (man 7 socket, SO_ATTACH_FILTER): a program
 * that looks at one 32-bit word of each packet, in network byte order.
 */
final class Filter {
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int LOAD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int DROP = 0;
  private static final int KEEP = -1;

  private Filter() {}

  /** Keeps only packets that have one of these words there. */
  static void keepWord(Socket socket, int at, int... words) throws LinuxException {
    attach(socket, at, words, DROP, KEEP);
  }

  /** Drops the packets that have that word there. */
  static void dropWord(Socket socket, int at, int word) throws LinuxException {
    attach(socket, at, new int[] {word}, KEEP, DROP);
  }

  private static void attach(Socket socket, int at, int[] words, int otherwise, int ifEqual)
      throws LinuxException {
    int count = words.length + 3;
    MemorySegment program = socket.allocate(count * 8L);
    instruction(program, 0, LOAD, 0, at);
    for (int i = 0; i < words.length; i++) {
      instruction(program, i + 1, JUMP_IF_EQUAL, words.length - i, words[i]);
    }
    instruction(program, count - 2, RETURN, 0, otherwise);
    instruction(program, count - 1, RETURN, 0, ifEqual);
    MemorySegment holder = socket.allocate(16); // struct sock_fprog
    holder.set(JAVA_SHORT, 0, (short) count);
    holder.set(ADDRESS, 8, program);
    socket.option(SOL_SOCKET, SO_ATTACH_FILTER, holder);
  }

  private static void instruction(
      MemorySegment program, int index, int code, int ifTrue, int operand) {
    long at = index * 8L;
    program.set(JAVA_SHORT, at, (short) code);
    program.set(JAVA_BYTE, at + 2, (byte) ifTrue);
    program.set(JAVA_BYTE, at + 3, (byte) 0);
    program.set(JAVA_INT, at + 4, operand);
  }
}
