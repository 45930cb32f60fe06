package io.trunkline.daemon.warmup;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.config.LimitsConfig;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.pgwire.SaslResponse;
import io.trunkline.pgwire.scram.ScramError;
import io.trunkline.pgwire.scram.ScramServer;
import io.trunkline.pgwire.scram.ScramVerifier;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Answers on loopback as PostgreSQL does, with the same row to every statement (PostgreSQL docs:
 * "Message Flow"). Whoever else connects to it learns nothing.
 */
final class ScriptedMember {
  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  /** As BackendKeyData has it: a process and a secret. */
  private static final byte[] KEY = ByteBuffer.allocate(8).putInt(4711).putInt(4712).array();

  /** Of whomever it has let in. */
  static final byte[] CANCEL_REQUEST =
      Message.of(
              Objects.requireNonNull(CancelKey.read(Unpooled.wrappedBuffer(KEY), 0, KEY.length))
                  .request(ALLOCATOR))
          .bytes();

  private static final byte[] WELCOME =
      Message.join(
          Message.of('R', new byte[4]),
          parameter("client_encoding", "UTF8"),
          parameter("DateStyle", "ISO, MDY"),
          parameter("integer_datetimes", "on"),
          parameter("in_hot_standby", "off"),
          parameter("server_version", "17.2"),
          parameter("standard_conforming_strings", "on"),
          parameter("TimeZone", "UTC"),
          Message.of('K', KEY),
          ready());

  private static final byte[] DESCRIPTION =
      Message.of(
              'T',
              ByteBuffer.allocate(29)
                  .putShort((short) 1)
                  .put("?column?\0".getBytes(StandardCharsets.US_ASCII))
                  .putInt(0)
                  .putShort((short) 0)
                  .putInt(23)
                  .putShort((short) 4)
                  .putInt(-1)
                  .putShort((short) 0)
                  .array())
          .bytes();

  private static final byte[] ROW = Message.join(row("42"), selected());
  private static final byte[] VERIFIER =
      Message.join(row(Login.SCRAM, Login.ROLPASSWORD), selected());
  private static final byte[] READY = ready().bytes();

  private ScriptedMember() {}

  static ScriptedServer start() throws IOException {
    return new ScriptedServer("warm-up member", ScriptedMember::serve);
  }

  private static void serve(Socket peer) throws IOException, ScramError {
    DataInputStream in = new DataInputStream(new BufferedInputStream(peer.getInputStream()));
    OutputStream out = peer.getOutputStream();
    String role = open(in, out);
    if (!role.isEmpty()) {
      if (role.equals(Login.SCRAM)) {
        authenticate(in, out);
      }
      out.write(WELCOME);
      answer(in, out, role.equals(Login.AUTH_USER) ? VERIFIER : ROW);
    }
  }

  /** Who wants in; empty: it was a cancel request. */
  private static String open(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      int length = in.readInt();
      if (length < 2 * Integer.BYTES || length > LimitsConfig.LARGEST_STARTUP) {
        throw new IOException("no startup packet");
      }
      int code = in.readInt();
      byte[] rest = in.readNBytes(length - 2 * Integer.BYTES);
      switch (code) {
        case OpeningDecoder.SSL_REQUEST -> out.write('N');
        case OpeningDecoder.CANCEL_REQUEST -> {
          return "";
        }
        default -> {
          return user(new String(rest, StandardCharsets.UTF_8).split("\0", -1));
        }
      }
    }
  }

  private static String user(String... parameters) {
    for (int i = 0; i + 1 < parameters.length; i += 2) {
      if (parameters[i].equals("user")) {
        return parameters[i + 1];
      }
    }
    return Login.TRUSTED;
  }

  /** PostgreSQL docs: "SASL Authentication". */
  private static void authenticate(DataInputStream in, OutputStream out)
      throws IOException, ScramError {
    ScramVerifier verifier = Login.verifier();
    ScramServer server = new ScramServer(Optional.empty());
    write(out, AuthenticationRequest.sasl(ALLOCATOR, List.of(ScramServer.PLAIN)));
    SaslResponse.Initial first =
        SaslResponse.initial(Unpooled.wrappedBuffer(Message.read(in).bytes()));
    byte[] response = new byte[first.response().readableBytes()];
    first.response().readBytes(response);
    server.clientFirst(first.mechanism(), response);
    write(
        out,
        AuthenticationRequest.saslContinue(
            ALLOCATOR, server.serverFirst(Login.SALT, Login.ITERATIONS)));
    if (server.clientFinal(Message.read(in).body(), Optional.of(verifier)).isEmpty()) {
      throw new IOException("password authentication failed");
    }
    write(out, AuthenticationRequest.saslFinal(ALLOCATOR, server.serverFinal(verifier)));
  }

  private static void write(OutputStream out, ByteBuf message) throws IOException {
    out.write(Message.of(message).bytes());
  }

  private static void answer(DataInputStream in, OutputStream out, byte[] row) throws IOException {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    for (char type = next(in); type != 'X'; type = next(in)) {
      switch (type) {
        case 'P' -> answers.writeBytes(Message.of('1').bytes());
        case 'B' -> answers.writeBytes(Message.of('2').bytes());
        case 'C' -> answers.writeBytes(Message.of('3').bytes());
        case 'D' -> answers.writeBytes(DESCRIPTION);
        case 'E' -> answers.writeBytes(row);
        case 'Q' -> {
          answers.writeBytes(DESCRIPTION);
          answers.writeBytes(row);
        }
        default -> {
          // Sync and Flush have no answer of their own.
        }
      }
      if (type == 'Q' || type == 'S') {
        answers.writeBytes(READY);
        answers.writeTo(out);
        answers.reset();
      }
    }
  }

  private static char next(DataInputStream in) throws IOException {
    return Message.read(in).type();
  }

  private static Message parameter(String name, String value) {
    return Message.of(BackendMessages.parameterStatus(ALLOCATOR, name, value));
  }

  private static Message selected() {
    return Message.of(BackendMessages.commandComplete(ALLOCATOR, "SELECT 1"));
  }

  private static Message ready() {
    return Message.of(BackendMessages.readyForQuery(ALLOCATOR, 'I'));
  }

  private static Message row(String... columns) {
    ByteBuffer body = ByteBuffer.allocate(1024).putShort((short) columns.length);
    for (String column : columns) {
      byte[] text = column.getBytes(StandardCharsets.US_ASCII);
      body.putInt(text.length).put(text);
    }
    return Message.of('D', Arrays.copyOf(body.array(), body.position()));
  }
}
