package io.trunkline.proxy;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.Packets;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A scripted PostgreSQL: every connection runs the script in a thread of its own. */
public final class FakePostgres implements AutoCloseable {

  /** What one connection does. */
  @FunctionalInterface
  public interface Script {
    void run(Socket client, DataInputStream in) throws IOException;
  }

  private final ServerSocket server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Script script;

  public FakePostgres(Script script) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Lets everybody in, says its name in a parameter, then echoes. */
  public static FakePostgres named(String name) throws IOException {
    return new FakePostgres(
        (client, in) -> {
          readPacket(in);
          client.getOutputStream().write(greeting(name));
          in.transferTo(client.getOutputStream());
        });
  }

  /** All that a server says before the first query: {@code name} is the parameter "member". */
  public static byte[] greeting(String name) {
    return Packets.join(
        Packets.message('R', new byte[4]),
        Packets.parameter("member", name),
        Packets.message('Z', "I"));
  }

  /** One packet without a type byte. */
  public static byte[] readPacket(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 4 || length > 10_004) {
      throw new IOException("invalid length of startup packet");
    }
    byte[] body = new byte[length - 4];
    in.readFully(body);
    return body;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      script.run(client, new DataInputStream(client.getInputStream()));
    } catch (IOException broken) {
      // The proxy left; tests look at what the client saw.
    }
  }

  public HostPort address() {
    return new HostPort("127.0.0.1", server.getLocalPort());
  }

  public int connections() {
    return sockets.size();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
