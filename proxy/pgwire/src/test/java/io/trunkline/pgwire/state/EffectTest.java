package io.trunkline.pgwire.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EffectTest {
  private static Effect of(String text, boolean simple) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Effect.of(bytes, bytes.length, simple);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "select 1 => NONE",
        "SELECT 1; => NONE",
        "/* a /* b */ ; */ -- commit; => EMPTY",
        "-- x\r insert into t values (1) => NONE",
        ";; update t set a = 1 ;; => NONE",
        "with x as (select 1) delete from t => NONE",
        "savepoint s => NONE",
        "rollback to s => NONE",
        "ROLLBACK WORK TO SAVEPOINT s => NONE",
        "rollback transaction/**/to s => NONE",
        "prepare foo as select 1 => NONE",
        "begin => BEGIN",
        "BEGIN ISOLATION LEVEL SERIALIZABLE; => BEGIN",
        "start transaction read only => BEGIN",
        "commit => COMMIT",
        "commit work; => COMMIT",
        "END => COMMIT",
        "end transaction -- done => COMMIT",
        "commit and no chain => COMMIT",
        "rollback => ROLLBACK",
        "ABORT; => ROLLBACK",
        "rollback transaction and no chain => ROLLBACK",
        "rollback and chain => CHAIN",
        "commit work and chain => CHAIN",
        "commit and/**/chain => CHAIN",
        "rollback and chain; select 1 => CHAIN",
        "select 1;rollback and/**/chain => CHAIN",
        "commit prepared 'x' => UNKNOWN",
        "rollback prepared 'x' => UNKNOWN",
        "prepare transaction 'x' => UNKNOWN",
        "prepare/**/transaction 'x' => UNKNOWN",
        "start something => UNKNOWN",
        "call p() => UNKNOWN",
        "do $$ begin commit; end $$ => UNKNOWN",
        "vacuum => UNKNOWN",
        "selec 1 => UNKNOWN",
        "(select 1) => UNKNOWN",
        "select 1; commit => UNKNOWN",
        "select 1;/**/commit => UNKNOWN",
        "rollback; select 1 => UNKNOWN",
        "begin; commit => UNKNOWN",
        "select 'a;b' => UNKNOWN",
      })
  void whatASimpleQueryDoes(String text, Effect effect) {
    assertThat(of(text, true)).isEqualTo(effect);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ";", "\n;\t", "/* not closed", "-- commit"})
  void nothing(String text) {
    assertThat(of(text, true)).isEqualTo(Effect.EMPTY);
  }

  @Test
  void parseTakesOneStatementOnly() {
    assertThat(of("select 'a;b'", false)).isEqualTo(Effect.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "rollback", "begin", "select", "abort", "end"})
  void aWordThatOnlyBeginsSoIsAnother(String word) {
    assertThat(of(word + "x", true)).isEqualTo(Effect.UNKNOWN);
    assertThat(of(word + "_", true)).isEqualTo(Effect.UNKNOWN);
    assertThat(of("ä" + word, true)).isEqualTo(Effect.UNKNOWN);
  }
}
