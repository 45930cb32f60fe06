package io.trunkline.proxy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client's socket that sends what it is given in pieces. */
final class CutSocket extends Socket {
  /** Not cut. */
  static final int NOWHERE = Integer.MAX_VALUE;

  /** Each byte is sent alone. */
  static final int EVERYWHERE = 0;

  private final int at;
  private int sent;

  /**
   * @param at after how many bytes there is a pause
   */
  CutSocket(InetSocketAddress server, int at) throws IOException {
    this.at = at;
    connect(server);
    setTcpNoDelay(true);
    setSoTimeout(10_000);
  }

  int sent() {
    return sent;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new Cutting(super.getOutputStream());
  }

  private final class Cutting extends FilterOutputStream {
    Cutting(OutputStream whole) {
      super(whole);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      int done = 0;
      while (done < length) {
        int step = at == EVERYWHERE ? 1 : length - done;
        if (sent < at) {
          step = Math.min(step, at - sent);
        }
        out.write(bytes, from + done, step);
        done += step;
        sent += step;
        if (sent == at) {
          pause();
        }
      }
    }

    private static void pause() throws InterruptedIOException {
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        throw new InterruptedIOException(e.getMessage());
      }
    }
  }
}
