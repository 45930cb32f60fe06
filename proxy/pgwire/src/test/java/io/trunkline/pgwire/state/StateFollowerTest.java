package io.trunkline.pgwire.state;

import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a transaction and of a session's state when its member is lost. */
class StateFollowerTest {
  private static final SavedState SAVED =
      new SavedState(
          List.of(),
          "",
          "",
          List.of(new SavedState.Statement("6b6e6f776e", "73656c6563742031", "{}")),
          List.of());

  private final StateMemory memory = new StateMemory(1L << 20);
  private final StateFollower follower = new StateFollower(memory);
  private final Conversation conversation =
      new Conversation(new Opening.StartupMessage(3, 0, Map.of("user", "app")), follower);

  @BeforeEach
  void started() {
    server("Z:I");
  }

  /** Each message is a type, a colon, and a body in which a slash is a zero byte. */
  private void client(String... messages) {
    for (String each : messages) {
      conversation.toMember(Unpooled.wrappedBuffer(bytes(each)));
    }
  }

  private void server(String... messages) {
    for (String each : messages) {
      conversation.toClient(Unpooled.wrappedBuffer(bytes(each)));
    }
  }

  private static byte[] bytes(String each) {
    return message(
        each.charAt(0), each.substring(2).replace('/', '\0').getBytes(StandardCharsets.ISO_8859_1));
  }

  /** And not when the session is over. */
  @Test
  void whatIsRememberedIsCounted() {
    client("P:one/select 1///", "S:");
    assertThat(memory.used()).isPositive();
    server("1:", "Z:I");
    client("C:Sone/", "S:");
    server("3:", "Z:I");
    follower.asked();
    assertThat(memory.used()).isZero();

    client("P:two/listen a///", "B:p/two/////", "P:three/select 1///");
    assertThat(memory.used()).isPositive();
    follower.end();
    assertThat(memory.used()).isZero();
    client("P:four/listen a///", "B:q/four/////", "S:");
    server("1:", "2:", "1:", "1:", "2:", "Z:I");
    assertThat(memory.used()).isZero();
  }

  @Test
  void moreThanThereIsMemoryForHasToBeAskedFor() {
    StateMemory little = new StateMemory(20_000);
    StateFollower poor = new StateFollower(little);
    Conversation client =
        new Conversation(new Opening.StartupMessage(3, 0, Map.of("user", "app")), poor);
    client.toClient(Unpooled.wrappedBuffer(bytes("Z:I")));
    for (int i = 0; i < 100; i++) {
      client.toMember(Unpooled.wrappedBuffer(bytes("P:s" + i + "/select " + i + "///")));
      client.toMember(Unpooled.wrappedBuffer(bytes("S:")));
      client.toClient(Unpooled.wrappedBuffer(bytes("1:")));
      client.toClient(Unpooled.wrappedBuffer(bytes("Z:I")));
    }
    assertThat(poor.change()).isEqualTo(Change.LASTING);
    assertThat(little.used()).as("what is not complete is of no use").isZero();
    poor.asked();
    assertThat(poor.change()).isEqualTo(Change.NONE);
    assertThat(little.used()).isZero();
  }

  /** Six bytes announce a long statement: they do not take the memory of one. */
  @Test
  void whatIsOnlyAnnouncedTakesNoMemory() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] beginning = {'Q', 0, 0, (byte) 0xF0, 0, 'x'};
    client("Q:select 1/");
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100; i++) {
      Conversation one =
          new Conversation(
              new Opening.StartupMessage(3, 0, Map.of("user", "app")), new StateFollower(memory));
      one.toMember(Unpooled.wrappedBuffer(beginning));
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100 * 10_000);
  }

  @Test
  void aSessionThatIsNotKeptRemembersNothing() {
    client("P:one/select 1///", "S:");
    follower.notKept();
    client("P:two/select 1///", "S:");
    assertThat(memory.used()).isZero();
    server("1:", "Z:I", "1:", "Z:I");
    assertThat(memory.used()).isZero();
  }

  private void run(String text) {
    client("P:/" + text + "///", "B:////////", "E://///", "S:");
  }

  /** The first column is what the last ReadyForQuery has told. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "I => select 1 => UNKNOWN",
        "I => begin => BEGUN_BEFORE",
        "I => begin; select 1 => UNKNOWN",
        "I => commit => UNKNOWN",
        "T => select 1 => OPEN",
        "T => rollback to s => OPEN",
        "T => begin => OPEN",
        "T => rollback => ROLLED_BACK",
        "T => commit => COMMITTED",
        "T => commit and chain => CHAINED",
        "T => do $$ $$ => UNKNOWN",
        "T => select 1; commit => UNKNOWN",
        "T => '' => OPEN",
        "E => select 1 => OPEN",
        "E => rollback => ROLLED_BACK",
        "E => commit => ROLLED_BACK",
        "E => commit and chain => CHAINED",
      })
  void whereAQueryLeadsTo(String status, String text, Block block) {
    server("Z:" + status);
    client("Q:" + text + "/");
    assertThat(follower.block()).isEqualTo(block);
  }

  @Test
  void aBlockHasFailedWhenTheServerSaysSo() {
    server("Z:E");
    assertThat(follower.block()).isEqualTo(Block.FAILED);
  }

  @Test
  void beginAndAStatementInOneBatchOpenABlock() {
    client("P:/begin///", "B:////////", "E://///");
    client("P:/insert into t values ($1)///", "B:////////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.BEGUN_BEFORE);
    client("Q:insert into t values (1)/");
    assertThat(follower.block()).isEqualTo(Block.BEGUN_AND_MORE);
    server("1:", "2:", "C:BEGIN/", "E:SERROR/VERROR/C22012//");
    assertThat(follower.block()).as("perhaps BEGIN has failed").isEqualTo(Block.UNKNOWN);
  }

  @Test
  void whatIsSentBehindBeginIsInItsBlock() {
    client("Q:begin/", "Q:insert into t values (1)/", "Q:select 1/");
    assertThat(follower.block().isUndone()).isTrue();
    server("C:BEGIN/", "Z:T");
    assertThat(follower.block()).isEqualTo(Block.OPEN);
    server("E:SERROR/VERROR/C22012//");
    assertThat(follower.block()).as("of a statement in it").isEqualTo(Block.OPEN);
    server("Z:E", "E:SERROR/VERROR/C25P02//", "Z:E");
    client("Q:rollback/");
    server("C:ROLLBACK/", "Z:I");
    client("Q:begin/", "Q:insert into t values (1)/", "Q:rollback/");
    assertThat(follower.block()).as("if BEGIN has failed").isEqualTo(Block.UNKNOWN);
  }

  @Test
  void onlyWhatIsExecutedCounts() {
    client("P:/insert into t values (1)///", "D:S/", "S:");
    assertThat(follower.block()).isEqualTo(Block.IDLE);
    client("B:////////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.UNKNOWN);
  }

  @Test
  void namedStatementsAreFoundByTheirNames() {
    client("P:S_1/begin///", "P:S_2/commit///", "P:S_3/rollback///", "P:S_4/select 1///", "S:");
    server("Z:T");
    client("B:/S_4///////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.OPEN);
    client("B:/S_3///////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.ROLLED_BACK);
    server("Z:T", "Z:T");
    client("B:C_1/S_2///////", "E:C_1/////", "S:");
    assertThat(follower.block()).as("through a named portal").isEqualTo(Block.COMMITTED);
  }

  @Test
  void aNameWithTwoMeaningsMayMeanEither() {
    client("P:s/rollback///", "P:s/commit///", "S:");
    server("Z:T");
    client("B:/s///////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.UNKNOWN);
  }

  @Test
  void namesWithoutAnEndMayMeanAnything() {
    server("Z:T");
    client("B:/" + "x".repeat(500) + "///////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.UNKNOWN);
  }

  @Test
  void moreNamesThanAreKeptMayMeanAnything() {
    for (int i = 0; i <= 1024; i++) {
      client("P:s" + i + "/commit///");
    }
    client("S:");
    server("Z:T");
    client("B:/other///////", "E://///", "S:");
    assertThat(follower.block()).isEqualTo(Block.UNKNOWN);
  }

  @Test
  void oneAnswerOfSeveralLeavesTheBlockAsItWillBe() {
    server("Z:T");
    client("Q:commit/", "Q:begin/");
    server("Z:I");
    assertThat(follower.block()).isEqualTo(Block.UNKNOWN);
    server("Z:T");
    assertThat(follower.block()).isEqualTo(Block.OPEN);
  }

  @Test
  void aTextThatIsTooLongMayDoAnything() {
    server("Z:T");
    client("Q:select '" + "x".repeat(TextMarks.LONGEST_TEXT) + "'/");
    assertThat(follower.block()).isEqualTo(Block.UNKNOWN);
    assertThat(follower.change()).isEqualTo(Change.LASTING);
  }

  @Test
  void whatIsSetInABlockIsUndoneWithIt() {
    client("Q:begin/");
    server("Z:T");
    client("Q:set work_mem = 1/");
    assertThat(follower.change()).isEqualTo(Change.TRANSACTIONAL);
    follower.lost();
    assertThat(follower.change()).isEqualTo(Change.NONE);
  }

  @Test
  void whatIsSetStaysOnceTheBlockHasEnded() {
    client("Q:set work_mem = 1/");
    server("Z:I");
    assertThat(follower.change()).isEqualTo(Change.LASTING);
    follower.asked();
    assertThat(follower.change()).isEqualTo(Change.NONE);
  }

  @Test
  void aNamedStatementChangesTheSessionEachTimeItIsRun() {
    client("P:s/set work_mem = 1///", "S:");
    server("Z:I");
    follower.asked();
    client("B:/s///////", "E://///", "S:");
    server("Z:I");
    assertThat(follower.change()).isEqualTo(Change.LASTING);
  }

  /** The names of the prepared statements, in order, if all that has changed is known. */
  private String statements() {
    return follower.change() == Change.NONE
        ? follower.applied(SAVED).statements().stream()
            .map(statement -> text(statement.name()))
            .collect(Collectors.joining(" "))
        : "asks";
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
  }

  @Test
  void aStatementIsPreparedOncePostgresqlSaysSo() {
    client("P:s/select $1/\0\1\0\0\0\27", "B:////////", "E://///", "S:");
    assertThat(statements()).isEqualTo("known");
    server("1:");
    assertThat(statements()).isEqualTo("known s");
    SavedState.Statement s = follower.applied(SAVED).statements().getLast();
    assertThat(text(s.text())).isEqualTo("select $1");
    assertThat(s.types()).isEqualTo("{23}");
    server("2:", "C:SELECT 1/", "Z:I");
    assertThat(follower.worthAsking()).isTrue();
    client("C:Ss/", "S:");
    server("3:", "Z:I");
    assertThat(statements()).isEqualTo("known");
    assertThat(follower.worthAsking()).isFalse();
    client("C:Sknown/", "P:/select 1///", "C:P/", "S:");
    server("3:", "1:", "3:", "Z:I");
    assertThat(statements()).isEmpty();
    assertThat(follower.worthAsking()).isTrue();
    follower.asked();
    assertThat(statements()).isEqualTo("known");
    assertThat(follower.worthAsking()).isFalse();
  }

  @Test
  void afterAnErrorTheRestOfTheBatchHasNotHappened() {
    client("P:a/select 1///", "P:b/selec///", "P:c/select 1///", "S:");
    client("P:d/select 1///", "S:");
    server("1:", "E:SERROR/VERROR/C42601//", "Z:I", "1:");
    assertThat(statements()).isEqualTo("known a d");
    server("Z:I");
    assertThat(statements()).isEqualTo("known a d");
    client("P:e/selec///");
    server("E:SERROR/VERROR/C42601//");
    client("P:f/select 1///", "C:Sa/", "S:");
    server("Z:I");
    client("P:g/select 1///", "S:");
    server("1:", "Z:I");
    assertThat(statements()).isEqualTo("known a d g");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "deallocate known => ''",
        "DEALLOCATE PREPARE known; => ''",
        "deallocate other => known",
        "deallocate all => asks",
        "deallocate prepare all => asks",
        "deallocate \"known\" => asks",
        "deallocate Known => asks",
        "deallocate known; select 1 => asks",
        "deallocate known/**/ => asks",
        "discard all => asks",
      })
  void oneThatIsDeallocated(String text, String known) {
    client("Q:" + text + "/");
    assertThat(statements()).isEqualTo(known.equals("asks") ? "asks" : "known");
    server("C:DEALLOCATE/", "Z:I");
    assertThat(statements()).isEqualTo(known);
  }

  @Test
  void oneThatCannotBeDeallocatedIsStillThere() {
    client("Q:deallocate known/");
    server("E:SERROR/VERROR/C26000//", "Z:I");
    assertThat(statements()).isEqualTo("known");
  }

  @Test
  void lettersBeyondAsciiAreKnownInUtf8Only() {
    client("P:s/select '\u00c3\u00a4'///", "S:");
    server("1:", "Z:I");
    assertThat(statements()).isEqualTo("asks");
    follower.asked();
    server("S:client_encoding/UTF8/");
    client("P:s/select '\u00c3\u00a4'///", "S:");
    server("1:", "Z:I");
    assertThat(text(follower.applied(SAVED).statements().getLast().text()))
        .isEqualTo("select '\u00e4'");
  }

  @Test
  void whatIsTooMuchToBeKeptHasToBeAskedFor() {
    for (int i = 0; i < 129; i++) {
      assertThat(statements()).startsWith("known");
      client("P:s" + i + "/select 1///", "S:");
      server("1:", "Z:I");
    }
    assertThat(statements()).isEqualTo("asks");
    follower.asked();
    client("P:t/select '" + "x".repeat(60_000) + "'///", "S:");
    server("1:", "Z:I");
    assertThat(statements()).isEqualTo("known t");
    client("P:u/select '" + "x".repeat(60_000) + "'///", "S:");
    server("1:", "Z:I");
    assertThat(statements()).isEqualTo("asks");
    follower.asked();
    for (int i = 0; i < 2000; i++) {
      client("P:/select 1///");
    }
    assertThat(statements()).isEqualTo("asks");
    client("S:");
    server("1:", "Z:I");
    follower.asked();
    client("P:v/select 1///", "S:");
    server("1:", "Z:I");
    assertThat(statements()).isEqualTo("known v");
  }

  @Test
  void anUnnamedStatementWaitsUntilItIsRun() {
    client("P:/select 1///", "S:");
    assertThat(follower.unnamedWaits()).isTrue();
    client("B:////////", "E://///", "S:");
    assertThat(follower.unnamedWaits()).isFalse();
  }

  @Test
  void aSyncBeforeTheEndOfTheDataIsNotAnswered() {
    client("P:/copy t from stdin///", "B:////////", "E://///", "S:");
    server("G:x", "N:x");
    client("d:1", "c:", "S:");
    server("C:COPY 1/", "Z:I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void soIsOneThatIsSentTogetherWithTheData() {
    client("P:/copy t from stdin///", "B:////////", "E://///", "S:", "d:1", "c:", "S:");
    server("G:x", "C:COPY 1/", "Z:I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void aCopyOfASimpleQueryHasNoSync() {
    client("Q:copy t from stdin/");
    server("G:x");
    client("d:1", "c:");
    server("C:COPY 1/", "Z:I");
    assertThat(conversation.idle()).isTrue();
    run("select 1");
    server("Z:I");
    assertThat(conversation.idle()).isTrue();
  }
}
