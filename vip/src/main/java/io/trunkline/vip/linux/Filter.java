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

  /** A jump goes over at most 255 instructions, and the kernel bounds what programs take. */
  private static final int MOST_WORDS = 1000;

  private Filter() {}

  /**
   * Keeps only packets that have one of these words there; with more than {@value #MOST_WORDS}
   * words it keeps all.
   */
  static void keepWord(Socket socket, int at, int... words) throws LinuxException {
    if (words.length <= MOST_WORDS) {
      attach(socket, at, words, DROP, KEEP);
    }
  }

  /** Drops the packets that have that word there. */
  static void dropWord(Socket socket, int at, int word) throws LinuxException {
    attach(socket, at, new int[] {word}, KEEP, DROP);
  }

  private static void attach(Socket socket, int at, int[] words, int otherwise, int ifEqual)
      throws LinuxException {
    int count = 2 * words.length + 2;
    MemorySegment program = socket.allocate(count * 8L);
    instruction(program, 0, LOAD, 0, at);
    for (int i = 0; i < words.length; i++) {
      instruction(program, 2 * i + 1, JUMP_IF_EQUAL, 1, words[i]);
      instruction(program, 2 * i + 2, RETURN, 0, ifEqual);
    }
    instruction(program, count - 1, RETURN, 0, otherwise);
    MemorySegment holder = socket.allocate(16); // struct sock_fprog
    holder.set(JAVA_SHORT, 0, (short) count);
    holder.set(ADDRESS, 8, program);
    socket.option(SOL_SOCKET, SO_ATTACH_FILTER, holder);
  }

  /** A jump that is not taken goes over the next instruction. */
  private static void instruction(
      MemorySegment program, int index, int code, int ifFalse, int operand) {
    long at = index * 8L;
    program.set(JAVA_SHORT, at, (short) code);
    program.set(JAVA_BYTE, at + 2, (byte) 0);
    program.set(JAVA_BYTE, at + 3, (byte) ifFalse);
    program.set(JAVA_INT, at + 4, operand);
  }
}
