package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A PostgreSQL that can be opened in every way: it answers requests for encryption, takes direct
 * TLS, writes down cancel requests and startup packets, and echoes what follows.
 */
public final class PlainOrTlsMember {
  static final int SSL_REQUEST = 80_877_103;
  static final int GSSENC_REQUEST = 80_877_104;
  static final int CANCEL_REQUEST = 80_877_102;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final SSLContext CONTEXT = TestTls.context("server");

  final BlockingQueue<byte[]> cancels = new LinkedBlockingQueue<>();
  final BlockingQueue<byte[]> startups = new LinkedBlockingQueue<>();
  private final boolean tls;

  public PlainOrTlsMember(boolean tls) {
    this.tls = tls;
  }

  /** The script of one connection. */
  public void run(Socket client, DataInputStream in) throws IOException {
    byte[] first = in.readNBytes(1);
    if (first.length == 1 && first[0] == TLS_HANDSHAKE && tls) {
      secure(client, new ByteArrayInputStream(first));
    } else if (first.length == 1) {
      byte[] rest = FakePostgres.readPacket(new DataInputStream(new Joined(first, in)));
      open(client, in, rest, false);
    }
  }

  private void secure(Socket client, ByteArrayInputStream read) throws IOException {
    SSLSocket secure = TestTls.server(client, CONTEXT, read);
    DataInputStream inside = new DataInputStream(secure.getInputStream());
    open(secure, inside, FakePostgres.readPacket(inside), true);
  }

  private void open(Socket client, DataInputStream in, byte[] packet, boolean secure)
      throws IOException {
    switch (ByteBuffer.wrap(packet).getInt()) {
      case CANCEL_REQUEST -> cancels.add(packet);
      case SSL_REQUEST -> {
        if (secure) {
          throw new IOException("TLS inside TLS");
        }
        client.getOutputStream().write(tls ? 'S' : 'N');
        if (tls) {
          secure(client, new ByteArrayInputStream(new byte[0]));
        } else {
          open(client, in, FakePostgres.readPacket(in), true);
        }
      }
      default -> {
        startups.add(packet);
        client.getOutputStream().write(join(FakePostgres.greeting("one")));
        in.transferTo(client.getOutputStream());
      }
    }
  }

  /** A byte that was read already, and what comes after it. */
  private static final class Joined extends java.io.SequenceInputStream {
    Joined(byte[] first, DataInputStream rest) {
      super(new ByteArrayInputStream(first), rest);
    }
  }
}
