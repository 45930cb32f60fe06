package io.trunkline.pgwire;

import static io.trunkline.pgwire.Packets.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private final Conversation conversation =
      new Conversation(
          new Opening.StartupMessage(3, 0, Map.of("user", "app", "application_name", "psql")));

  private void client(byte[]... messages) {
    for (byte[] message : messages) {
      conversation.toMember(Unpooled.wrappedBuffer(message));
    }
  }

  private void server(byte[]... messages) {
    for (byte[] message : messages) {
      conversation.toClient(Unpooled.wrappedBuffer(message));
    }
  }

  private void ready(String status) {
    server(message('Z', status));
  }

  @Test
  void a_simple_query_is_not_idle_until_it_is_answered() {
    assertThat(conversation.idle()).as("before it has begun").isFalse();
    ready("I");
    assertThat(conversation.idle()).isTrue();
    client(message('Q', "select 1\0"));
    assertThat(conversation.idle()).isFalse();
    server(message('T', "x"), message('D', "x"), message('C', "SELECT 1\0"));
    assertThat(conversation.idle()).isFalse();
    ready("I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void a_transaction_is_not_idle() {
    ready("I");
    client(message('Q', "begin\0"));
    ready("T");
    assertThat(conversation.idle()).isFalse();
    assertThat(conversation.transaction()).isEqualTo(Conversation.Transaction.IN_TRANSACTION);
    client(message('Q', "nonsense\0"));
    ready("E");
    assertThat(conversation.transaction()).isEqualTo(Conversation.Transaction.FAILED);
    client(message('Q', "rollback\0"));
    ready("I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void each_query_of_a_pipeline_is_waited_for() {
    ready("I");
    client(message('Q', "1\0"), message('Q', "2\0"));
    ready("I");
    assertThat(conversation.idle()).as("the second is not answered yet").isFalse();
    ready("I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void a_query_sent_before_the_server_was_ready_is_waited_for() {
    client(message('Q', "1\0"));
    ready("I");
    assertThat(conversation.idle()).as("that answered the startup packet").isFalse();
    ready("I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void an_open_batch_is_not_idle() {
    ready("I");
    client(message('P', "\0select 1\0"), message('H'));
    assertThat(conversation.idle()).as("a Sync is still to come").isFalse();
    server(message('1'));
    assertThat(conversation.idle()).isFalse();
    client(message('S'));
    assertThat(conversation.idle()).isFalse();
    ready("I");
    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void half_a_message_is_not_idle() {
    ready("I");
    client(new byte[] {'Q', 0});
    assertThat(conversation.idle()).isFalse();
  }

  @Test
  void within_a_message_the_client_can_be_told_nothing() {
    ready("I");
    assertThat(conversation.canTellClient()).isTrue();
    server(new byte[] {'D', 0, 0, 0, 9, 1});
    assertThat(conversation.canTellClient()).isFalse();
    server(new byte[] {1, 1, 1, 1});
    assertThat(conversation.canTellClient()).isTrue();
  }

  @Test
  void after_the_members_last_words_nothing_is_added() {
    server(message('E', "SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0"));
    assertThat(conversation.fatal()).isTrue();
    assertThat(conversation.canTellClient()).isFalse();
  }

  @Test
  void an_error_of_a_statement_is_not_the_end() {
    server(message('E', "SERROR\0VERROR\0C25006\0Mcannot execute\0\0"));
    assertThat(conversation.fatal()).isFalse();
    assertThat(conversation.takeReadOnlyError()).isTrue();
    assertThat(conversation.takeReadOnlyError()).isFalse();
  }

  @Test
  void parameters_follow_their_newest_word() {
    assertThat(conversation.applicationName()).isEqualTo("psql");
    server(parameter("application_name", "a"), parameter("in_hot_standby", "on"));
    server(parameter("application_name", "b"));
    assertThat(conversation.applicationName()).isEqualTo("b");
    assertThat(conversation.inHotStandby()).contains(true);
    server(parameter("in_hot_standby", "off"));
    assertThat(conversation.inHotStandby()).contains(false);
  }

  @Test
  void a_server_that_makes_up_parameters_is_not_remembered_for_ever() {
    for (int i = 0; i < 10_000; i++) {
      server(parameter("p" + i, "v"));
    }
    assertThat(conversation.parameter("p0")).contains("v");
    assertThat(conversation.parameter("p9999")).isEmpty();
    server(parameter("p0", "w"));
    assertThat(conversation.parameter("p0")).contains("w");
  }

  @Test
  void the_cancel_key_is_that_of_either_protocol_version() {
    server(message('K', 0, 0, 0, 7, 1, 2, 3, 4));
    CancelKey given = conversation.key().orElseThrow();
    byte[] request = {0, 0, 0, 7, 1, 2, 3, 4};
    assertThat(CancelKey.read(Unpooled.wrappedBuffer(request), 0, 8)).isEqualTo(given);
    assertThat(given.toString()).doesNotContain("1, 2");
  }

  @Test
  void garbage_makes_it_blind_for_good() {
    ready("I");
    server(new byte[] {'D', 0, 0, 0, 1});
    assertThat(conversation.idle()).isFalse();
    assertThat(conversation.canTellClient()).isFalse();
    ready("I");
    assertThat(conversation.idle()).isFalse();
  }

  private static byte[] message(char type, String body) {
    return Packets.message(type, body);
  }

  private static byte[] message(char type, int... body) {
    byte[] bytes = new byte[body.length];
    for (int i = 0; i < body.length; i++) {
      bytes[i] = (byte) body[i];
    }
    return Packets.message(type, bytes);
  }
}
