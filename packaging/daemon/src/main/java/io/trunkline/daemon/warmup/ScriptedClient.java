package io.trunkline.daemon.warmup;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.PasswordLogin;
import io.trunkline.pgwire.ProtocolError;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * One session after the other through a listener, with what clients do (PostgreSQL docs: "Message
 * Flow"). Several threads may have one each.
 */
final class ScriptedClient {
  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int LENGTH = 100;

  private static final byte[] SSL_REQUEST = Message.of(FrontendMessages.sslRequest()).bytes();
  private static final byte[] QUERY = Message.of('Q', "SELECT 42\0").bytes();
  private static final byte[] TERMINATE = Message.of(FrontendMessages.terminate()).bytes();
  private static final Message EXECUTE = Message.of('E', new byte[5]);
  private static final Message SYNC = Message.of('S');
  private static final byte[] PREPARE = Message.join(Message.of('P', "P_1\0SELECT 42\0\0\0"), SYNC);
  private static final byte[] PREPARED =
      Message.join(bind("P_1"), Message.of('D', "P\0"), EXECUTE, SYNC);
  private static final byte[] UNNAMED =
      Message.join(
          Message.of('P', "\0SELECT 42\0\0\0"), bind(""), Message.of('D', "P\0"), EXECUTE, SYNC);

  /** The kinds of transactions, in turn: most applications prepare their statements. */
  private static final List<byte[]> TRANSACTIONS =
      List.of(PREPARED, UNNAMED, PREPARED, QUERY, PREPARED);

  private final InetSocketAddress listener;
  private final String role;
  private final Optional<ClientTls> tls;
  private final LongAdder answered = new LongAdder();

  /**
   * @param tls what the listener's certificate is checked against; empty: no TLS
   */
  ScriptedClient(InetSocketAddress listener, String role, Optional<ClientTls> tls) {
    this.listener = listener;
    this.role = role;
    this.tls = tls;
  }

  /** How many transactions it has got the answer to. */
  long answered() {
    return answered.sum();
  }

  /**
   * One session.
   *
   * @param goesOn whether it may
   * @param pace is called after each transaction, and may take its time
   * @throws IOException if it was ended
   */
  void session(BooleanSupplier goesOn, Runnable pace) throws IOException, ProtocolError {
    try (Socket plain = connect()) {
      plain.getOutputStream().write(SSL_REQUEST);
      int answer = plain.getInputStream().read();
      if (answer != (tls.isPresent() ? 'S' : 'N')) {
        throw new IOException("an unexpected answer to the request for TLS");
      }
      try (Socket socket = tls.isPresent() ? tls.get().over(plain) : plain) {
        use(socket, goesOn, pace);
      }
    }
  }

  private void use(Socket socket, BooleanSupplier goesOn, Runnable pace)
      throws IOException, ProtocolError {
    DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    OutputStream out = socket.getOutputStream();
    out.write(bytes(FrontendMessages.startup(ALLOCATOR, "user", role, "database", "warm_up")));
    logIn(in, out);
    out.write(PREPARE);
    awaitReady(in);
    for (int i = 0; i < LENGTH && goesOn.getAsBoolean(); i++) {
      out.write(TRANSACTIONS.get(i % TRANSACTIONS.size()));
      awaitReady(in);
      answered.increment();
      pace.run();
    }
    cancel();
    out.write(TERMINATE);
  }

  /** Without parameters, with results as text. */
  private static Message bind(String statement) {
    return Message.of('B', "\0" + statement + "\0\0\0\0\0\0\0");
  }

  private void logIn(DataInputStream in, OutputStream out) throws IOException, ProtocolError {
    PasswordLogin login = new PasswordLogin(role, Login.PASSWORD, new LoginLine(out));
    for (Message message = next(in); message.type() != 'Z'; message = next(in)) {
      if (message.type() == 'R') {
        login.on(Unpooled.wrappedBuffer(message.body()));
      }
    }
  }

  private void cancel() throws IOException {
    try (Socket other = connect()) {
      other.getOutputStream().write(ScriptedMember.CANCEL_REQUEST);
      other.getInputStream().readAllBytes(); // its end says that the request was taken
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(listener, PATIENCE_MILLIS);
    return socket;
  }

  private static void awaitReady(DataInputStream in) throws IOException {
    while (next(in).type() != 'Z') {
      // What comes before is the answer.
    }
  }

  private static Message next(DataInputStream in) throws IOException {
    Message message = Message.read(in);
    if (message.type() == 'E') {
      throw new IOException("the session was ended");
    }
    return message;
  }

  private static byte[] bytes(ByteBuf message) {
    return Message.of(message).bytes();
  }

  /** Where it logs in: in one thread, without channel binding. */
  private record LoginLine(OutputStream out) implements PasswordLogin.Line {
    @Override
    public ByteBufAllocator allocator() {
      return ALLOCATOR;
    }

    @Override
    public Optional<X509Certificate> certificate() {
      return Optional.empty();
    }

    @Override
    public void send(ByteBuf message) {
      try {
        out.write(bytes(message));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean allows(PasswordLogin.Method method) {
      return true;
    }

    @Override
    public void compute(Runnable work, Runnable then) {
      work.run();
      then.run();
    }

    @Override
    public void refuse(String reason) {
      throw new UncheckedIOException(new IOException(reason));
    }
  }
}
