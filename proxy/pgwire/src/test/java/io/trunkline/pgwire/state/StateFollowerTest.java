package io.trunkline.pgwire.state;

import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a transaction and of a session's state when its member is lost. */
class StateFollowerTest {
  private final StateFollower follower = new StateFollower();
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
    assertThat(follower.block()).as("it runs even if BEGIN fails").isEqualTo(Block.UNKNOWN);
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

  @Test
  void preparingAndClosingAStatementChangesTheSession() {
    client("P:s/select 1///", "S:");
    assertThat(follower.change()).isEqualTo(Change.LASTING);
    follower.asked();
    run("select 1");
    assertThat(follower.change()).isEqualTo(Change.NONE);
    client("C:Ss/", "S:");
    assertThat(follower.change()).isEqualTo(Change.LASTING);
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
