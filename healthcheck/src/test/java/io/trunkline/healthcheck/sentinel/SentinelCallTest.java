package io.trunkline.healthcheck.sentinel;

import static io.trunkline.config.Configs.change;
import static io.trunkline.healthcheck.sentinel.ServerWords.all;
import static io.trunkline.healthcheck.sentinel.ServerWords.authentication;
import static io.trunkline.healthcheck.sentinel.ServerWords.empty;
import static io.trunkline.healthcheck.sentinel.ServerWords.error;
import static io.trunkline.healthcheck.sentinel.ServerWords.message;
import static io.trunkline.healthcheck.sentinel.ServerWords.ready;
import static io.trunkline.healthcheck.sentinel.ServerWords.row;
import static io.trunkline.healthcheck.sentinel.ServerWords.session;
import static io.trunkline.healthcheck.sentinel.ServerWords.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.config.PostgresTls;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SentinelConfig.Auth;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.pgwire.BackendMessageDecoder;
import io.trunkline.pgwire.PasswordLogin;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.Upstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One conversation with a scripted server. */
class SentinelCallTest {
  private static final String PASSWORD = "open sesame";

  private final Queue<Runnable> work = new ArrayDeque<>();
  private final List<SentinelAnswer> answers = new ArrayList<>();
  private @Nullable String end;
  private Instant now = Instant.EPOCH;
  private EmbeddedChannel channel = new EmbeddedChannel();
  private Set<Auth> requireAuth = Set.of();
  private SentinelCall call = begin(SslMode.DISABLE);

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  private SentinelCall begin(SslMode mode) {
    channel.finishAndReleaseAll();
    channel = new EmbeddedChannel();
    answers.clear();
    end = null;
    SentinelConfig config =
        change(Configs.sentinel("user: watcher", "password: '" + PASSWORD + "'"))
            .with(SentinelConfig::tls, new PostgresTls(mode, TlsFiles.NONE))
            .with(SentinelConfig::requireAuth, requireAuth)
            .record();
    SentinelCall.Supplies supplies =
        new SentinelCall.Supplies(
            channel.eventLoop(),
            work::add,
            () -> now,
            mode == SslMode.DISABLE ? Optional.empty() : Optional.of(ssl()));
    call = new SentinelCall(config, new HostPort("127.0.0.1", 5432), supplies, new Heard());
    call.start();
    channel.pipeline().addLast(call);
    channel.pipeline().fireChannelActive();
    return call;
  }

  private static SslContext ssl() {
    try {
      return SslContextBuilder.forClient()
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .build();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private final class Heard implements SentinelCall.Listener {
    @Override
    public void answered(SentinelAnswer answer) {
      answers.add(answer);
    }

    @Override
    public void ended(SentinelCall.Failure failure, String reason) {
      assertThat(end).as("told once").isNull();
      end = failure + ": " + reason;
    }
  }

  private void say(ByteBuf... messages) {
    channel.writeInbound(all(messages));
  }

  /** Everything that was sent since this was last asked, as latin-1. */
  private String sent() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(StandardCharsets.ISO_8859_1));
      out.release();
    }
    return text.toString();
  }

  private void compute() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
    channel.runPendingTasks();
  }

  private void loggedIn(boolean inHotStandby, boolean readOnly) {
    say(session(inHotStandby, readOnly));
    if (!inHotStandby && !readOnly) {
      say(row("f", "off", "0000000A00000001000000FE"));
    }
    sent();
  }

  private SentinelAnswer last() {
    return answers.getLast();
  }

  @Test
  void introducesItself() {
    assertThat(sent())
        .isEqualTo(
            "\0\0\0a\0\3\0\0user\0watcher\0database\0postgres\0"
                + "application_name\0trunkline sentinel\0client_encoding\0UTF8\0\0");
  }

  @Test
  void aPrimaryIsWritableOnItsTimeline() {
    now = Instant.EPOCH.plusSeconds(1);
    begin(SslMode.DISABLE);
    say(session(false, false));
    assertThat(answers).isEmpty();
    assertThat(sent()).contains("SELECT pg_catalog.pg_is_in_recovery()");
    now = now.plusMillis(3);
    say(row("f", "off", "0000000A00000001000000FE"));
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
    assertThat(last().timeline()).hasValue(10);
    assertThat(Duration.between(last().askedAt(), last().at())).isEqualTo(Duration.ofMillis(3));
  }

  @Test
  void anEmptyQueryIsAllThatItAsksAgain() {
    loggedIn(false, false);
    call.ask();
    assertThat(sent()).isEqualTo("Q\0\0\0\5\0");
    say(empty());
    assertThat(answers).hasSize(2);
    assertThat(last().timeline()).hasValue(10);
  }

  @Test
  void aPromotionIsHeardBeforeReadyForQuery() {
    loggedIn(true, false);
    assertThat(last().access()).isEqualTo(Access.IN_RECOVERY);
    assertThat(last().timeline()).isEmpty();
    call.ask();
    say(message('I', Unpooled.EMPTY_BUFFER), status("in_hot_standby", "off"), ready());
    assertThat(answers).hasSize(1);
    assertThat(sent()).contains("pg_walfile_name");
    say(row("f", "off", "0000000B0000000100000000"));
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
    assertThat(last().timeline()).hasValue(11);
  }

  @Test
  void aStandbyIsAskedWhomItStreamsFrom() {
    loggedIn(true, false);
    now = now.plusSeconds(1);
    assertThat(last().upstream()).isEmpty();
    call.ask();
    assertThat(sent()).contains("pg_stat_get_wal_receiver()");
    say(row("t", "off", "streaming", "7", "10.0.0.1", "5433"));
    assertThat(last().access()).isEqualTo(Access.IN_RECOVERY);
    assertThat(last().upstream()).contains(new Upstream(new HostPort("10.0.0.1", 5433), 7));
    call.ask();
    assertThat(sent()).as("once a second").isEqualTo("Q\0\0\0\5\0");
    say(empty());
    assertThat(last().upstream()).isPresent();
    now = now.plusSeconds(1);
    call.ask();
    assertThat(sent()).contains("pg_stat_get_wal_receiver()");
    say(row("t", "off", "", "", "", ""));
    assertThat(last().upstream()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "waiting, 7, 10.0.0.1, 5433",
    "streaming, 4294967296, 10.0.0.1, 5433",
    "streaming, seven, 10.0.0.1, 5433",
    "streaming, 7, '', 5433",
    "streaming, 7, 10.0.0.1, 65536",
    "streaming, 7, 10.0.0.1, -1",
    "streaming, '', 10.0.0.1, 5433"
  })
  void whatIsNotClearIsNoStream(String status, String timeline, String host, String port) {
    loggedIn(true, false);
    now = now.plusSeconds(1);
    call.ask();
    say(row("t", "off", status, timeline, host, port));
    assertThat(end).isNull();
    assertThat(last().upstream()).isEmpty();
  }

  @Test
  void whoMayNotKnowTheReceiverIsNotAskedAgain() {
    loggedIn(true, false);
    now = now.plusSeconds(1);
    call.ask();
    say(all(error("ERROR", "42501", "permission denied"), ready()));
    assertThat(end).isNull();
    assertThat(last().access()).isEqualTo(Access.IN_RECOVERY);
    assertThat(last().upstream()).isEmpty();
    sent();
    now = now.plusSeconds(5);
    call.ask();
    assertThat(sent()).isEqualTo("Q\0\0\0\5\0");
  }

  @Test
  void aPromotionWhileTheReceiverIsAskedForIsHeard() {
    loggedIn(true, false);
    now = now.plusSeconds(1);
    call.ask();
    say(status("in_hot_standby", "off"), row("f", "off", "", "", "", ""));
    say(row("f", "off", "0000000B0000000100000000"));
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
    assertThat(last().timeline()).hasValue(11);
    assertThat(last().upstream()).isEmpty();
  }

  @Test
  void aReadOnlyDefaultIsNotWritable() {
    loggedIn(false, true);
    assertThat(last().access()).isEqualTo(Access.READ_ONLY);
    call.ask();
    say(status("default_transaction_read_only", "off"), empty());
    say(row("f", "off", "0000000A00000001000000FE"));
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
    call.ask();
    say(status("default_transaction_read_only", "on"), empty());
    assertThat(last().access()).isEqualTo(Access.READ_ONLY);
  }

  @Test
  void aServerBefore14IsAskedByQueryEachTime() {
    say(authentication(0), status("server_version", "13.4"), ready());
    assertThat(sent()).contains("SELECT");
    say(row("t", "off", ""));
    assertThat(last().access()).isEqualTo(Access.IN_RECOVERY);
    call.ask();
    assertThat(sent()).contains("SELECT");
    say(row("f", "off", "000000020000000000000001"));
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
    assertThat(last().timeline()).hasValue(2);
    call.ask();
    say(row("f", "on", "000000020000000000000001"));
    assertThat(last().access()).isEqualTo(Access.READ_ONLY);
  }

  @Test
  void aTimelineThatMayNotBeAskedForIsUnknown() {
    say(session(false, false));
    say(error("ERROR", "42501", "permission denied for function pg_walfile_name"), ready());
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
    assertThat(last().timeline()).isEmpty();
    call.ask();
    say(empty());
    assertThat(answers).hasSize(2);
  }

  @Test
  void aServerThatStartsUpSaysSo() {
    say(error("FATAL", "57P03", "the database system is starting up"));
    assertThat(end).isEqualTo("NOT_ACCEPTING: FATAL 57P03 the database system is starting up");
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"28P01", "28000", "3D000", "42501"})
  void whatSomebodyHasToChangeIsARefusal(String sqlState) {
    say(error("FATAL", sqlState, "no\nHINT: x"));
    assertThat(end).isEqualTo("REFUSED: FATAL " + sqlState + " no");
  }

  @Test
  void anEndIsAnEnd() {
    loggedIn(false, false);
    say(error("FATAL", "57P01", "terminating connection due to administrator command"));
    assertThat(end)
        .isEqualTo("BROKEN: FATAL 57P01 terminating connection due to administrator command");
    begin(SslMode.DISABLE);
    channel.close();
    assertThat(end).isEqualTo("BROKEN: the connection was closed (authentication)");
  }

  @Test
  void anAnswerHasADeadline() {
    channel.advanceTimeBy(SentinelCall.LOGIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(end).isEqualTo("BROKEN: no answer within 5000ms (authentication)");
    begin(SslMode.DISABLE);
    loggedIn(false, false);
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();
    assertThat(end).isNull();
    call.ask();
    channel.advanceTimeBy(SentinelCall.ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(end).isEqualTo("BROKEN: no answer within 2000ms (question asked)");
  }

  @Test
  void goesPolitely() {
    loggedIn(false, false);
    call.close();
    assertThat(sent()).isEqualTo("X\0\0\0\4");
    assertThat(channel.isOpen()).isFalse();
    assertThat(end).isNull();
  }

  @Test
  void provesThePasswordByMd5() {
    allow(Auth.MD5);
    sent();
    say(authentication(5, (byte) 1, (byte) 2, (byte) 3, (byte) 4));
    assertThat(sent()).isEqualTo("p\0\0\0(md5" + md5Of(1, 2, 3, 4) + "\0");
    loggedIn(false, false);
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
  }

  private void allow(Auth... methods) {
    requireAuth = Set.of(methods);
    begin(SslMode.DISABLE);
  }

  @Test
  void answersNobodyByMd5OfItsOwnAccord() {
    for (SslMode mode : List.of(SslMode.DISABLE, SslMode.PREFER)) {
      begin(mode);
      if (mode == SslMode.PREFER) {
        channel.writeInbound(Unpooled.buffer().writeByte('N'));
      }
      sent();
      say(authentication(5, (byte) 1, (byte) 2, (byte) 3, (byte) 4));
      assertThat(end)
          .isEqualTo(
              "REFUSED: the server asks for the password by MD5, which require_auth of the sentinel"
                  + " does not allow without tls: verify_ca or verify_full");
      assertThat(sent()).isEmpty();
    }
  }

  @Test
  void answersOnlyInTheWaysThatAreConfigured() {
    allow(Auth.SCRAM_SHA_256);
    sent();
    say(authentication(0));
    assertThat(end)
        .isEqualTo(
            "REFUSED: the server asks for no password, which require_auth of the sentinel does not"
                + " allow");
    allow(Auth.NONE, Auth.MD5);
    sent();
    say(authentication(10, "SCRAM-SHA-256\0\0"));
    assertThat(end).startsWith("REFUSED: the server asks for SCRAM-SHA-256, which require_auth");
    assertThat(sent()).isEmpty();
  }

  private static String md5Of(int... salt) {
    try {
      var digest = java.security.MessageDigest.getInstance("MD5");
      digest.update((PASSWORD + "watcher").getBytes(StandardCharsets.UTF_8));
      String inner = java.util.HexFormat.of().formatHex(digest.digest());
      digest.update(inner.getBytes(StandardCharsets.UTF_8));
      for (int each : salt) {
        digest.update((byte) each);
      }
      return java.util.HexFormat.of().formatHex(digest.digest());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DISABLE", "PREFER", "REQUIRE", "VERIFY_FULL"})
  void clearTextIsNotSentWithoutTls(String mode) {
    begin(SslMode.valueOf(mode));
    if (!mode.equals("DISABLE")) {
      channel.writeInbound(Unpooled.buffer().writeByte('N'));
    }
    sent();
    if (mode.equals("DISABLE") || mode.equals("PREFER")) {
      say(authentication(3));
      assertThat(end).startsWith("REFUSED: the server asks for the password in clear text");
    } else {
      assertThat(end).isEqualTo("REFUSED: the server has no TLS");
    }
    assertThat(sent()).doesNotContain(PASSWORD);
    assertThat(end).doesNotContain(PASSWORD);
  }

  @Test
  void bytesBesideTheAnswerToSslRequestAreAnAttack() {
    begin(SslMode.PREFER);
    channel.writeInbound(Unpooled.buffer().writeByte('S').writeByte('R'));
    assertThat(end).isEqualTo("BROKEN: plaintext follows the answer to SSLRequest");
  }

  @Test
  void provesThePasswordByScram() throws Exception {
    ScramServer server = new ScramServer(PASSWORD, 4096);
    scram(server);
    say(authentication(12, server.last(clientFinal())));
    loggedIn(false, false);
    assertThat(last().access()).isEqualTo(Access.READ_WRITE);
  }

  /** What the client answered to the server's first message. */
  private String clientFinal() {
    compute();
    return sent().substring(5);
  }

  private void scram(ScramServer server) {
    sent();
    say(authentication(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"));
    String initial = sent();
    assertThat(initial.substring(5)).startsWith("SCRAM-SHA-256\0");
    say(authentication(11, server.first(initial.substring(5 + 18))));
  }

  @Test
  void aServerWithTheWrongSignatureIsAnImpostor() throws Exception {
    ScramServer server = new ScramServer(PASSWORD, 4096);
    scram(server);
    String proof = server.last(clientFinal());
    String wrong = "v=" + (proof.charAt(2) == 'A' ? 'B' : 'A') + proof.substring(3);
    say(authentication(12, wrong));
    assertThat(end).startsWith("BROKEN: SCRAM: the server has not proved that it knows");
  }

  @Test
  void aServerThatSkipsItsProofIsAnImpostor() {
    scram(new ScramServer(PASSWORD, 4096));
    clientFinal();
    say(session(false, false));
    assertThat(end).isEqualTo("BROKEN: the server has not proved that it knows the password");
    assertThat(answers).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {PasswordLogin.MAX_ITERATIONS + 1, Integer.MAX_VALUE})
  void aServerMayNotHaveItComputeForEver(int iterations) {
    scram(new ScramServer(PASSWORD, iterations));
    assertThat(work).isEmpty();
    assertThat(end).isEqualTo("BROKEN: SCRAM: the server asks for " + iterations + " iterations");
  }

  @Test
  void aServerThatEndsWhileItComputesIsLeftAlone() {
    scram(new ScramServer(PASSWORD, 4096));
    channel.close();
    compute();
    assertThat(sent()).isEmpty();
    assertThat(end).startsWith("BROKEN: the connection was closed");
  }

  @Test
  void theSameQuestionTwiceIsNotAnswered() {
    allow(Auth.MD5);
    sent();
    say(authentication(5, (byte) 1, (byte) 2, (byte) 3, (byte) 4));
    sent();
    say(authentication(5, (byte) 1, (byte) 2, (byte) 3, (byte) 5));
    assertThat(sent()).isEmpty();
    assertThat(end).isEqualTo("BROKEN: an authentication message out of turn");
  }

  @Test
  void otherKindsOfAuthenticationAreNamed() {
    say(authentication(7));
    assertThat(end).isEqualTo("REFUSED: the server asks for GSSAPI or SSPI, not for a password");
    begin(SslMode.DISABLE);
    say(authentication(10, "OAUTHBEARER\0\0"));
    assertThat(end).isEqualTo("REFUSED: the server asks for OAUTHBEARER, not SCRAM-SHA-256");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, BackendMessageDecoder.MAX_LENGTH + 1, Integer.MAX_VALUE, -1})
  void lengthsAreBounded(int length) {
    say(Unpooled.buffer().writeByte('S').writeInt(length));
    assertThat(end)
        .isEqualTo("BROKEN: a message of " + Integer.toUnsignedString(length) + " bytes");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void chatterIsBounded() {
    loggedIn(false, false);
    for (int i = 0; i <= BackendMessageDecoder.MAX_MESSAGES && end == null; i++) {
      say(message('N', Unpooled.buffer().writeByte(0)));
    }
    assertThat(end).startsWith("BROKEN: more than 1000 messages");
  }

  @Test
  void whatIsOutOfTurnEndsIt() {
    say(ready());
    assertThat(end).isEqualTo("BROKEN: ReadyForQuery out of turn");
    begin(SslMode.DISABLE);
    loggedIn(true, false);
    say(ready());
    assertThat(end).isEqualTo("BROKEN: ReadyForQuery out of turn");
    begin(SslMode.DISABLE);
    loggedIn(true, false);
    say(row("f", "off", "000000020000000000000001"));
    assertThat(end).isEqualTo("BROKEN: a row that was not asked for");
    begin(SslMode.DISABLE);
    say(message('G', Unpooled.EMPTY_BUFFER));
    assertThat(end).isEqualTo("BROKEN: a message of type 71");
    begin(SslMode.DISABLE);
    say(message('R', Unpooled.buffer().writeByte(0)));
    assertThat(end).isEqualTo("BROKEN: a message R that ends too early");
  }

  private static ByteBuf transcript() {
    return all(
        authentication(5, (byte) 1, (byte) 2, (byte) 3, (byte) 4),
        session(false, false),
        row("f", "off", "0000000A00000001000000FE"));
  }

  @Test
  void readsTheSameHoweverItIsSplit() {
    requireAuth = Set.of(Auth.MD5);
    int length = transcript().readableBytes();
    for (int at = 1; at < length; at++) {
      begin(SslMode.DISABLE);
      ByteBuf bytes = transcript();
      channel.writeInbound(bytes.readRetainedSlice(at));
      channel.writeInbound(bytes);
      assertThat(answers).as("split at %d: %s", at, end).hasSize(1);
      assertThat(last().timeline()).hasValue(10);
      sent();
    }
    begin(SslMode.DISABLE);
    ByteBuf bytes = transcript();
    while (bytes.isReadable()) {
      channel.writeInbound(bytes.readRetainedSlice(1));
    }
    bytes.release();
    assertThat(answers).hasSize(1);
    sent();
  }

  @Test
  void garbageEndsItOrIsWaitedOut() {
    requireAuth = Set.of(Auth.MD5);
    Random random = new Random(7);
    for (int i = 0; i < 5000; i++) {
      begin(SslMode.DISABLE);
      byte[] bytes = new byte[transcript().readableBytes()];
      transcript().readBytes(bytes);
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      channel.checkException();
      assertThat(end == null || !channel.isOpen()).isTrue();
      sent();
      call.close();
    }
  }
}
