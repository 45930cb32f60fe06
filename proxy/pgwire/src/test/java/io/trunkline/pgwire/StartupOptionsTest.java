package io.trunkline.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form was tried on PostgreSQL 15: {@code PGOPTIONS=... psql -c 'show application_name'}. */
class StartupOptionsTest {
  private static String name(String options) {
    return StartupOptions.setting(options, "application_name").orElse("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c application_name=x",
        "-capplication_name=x",
        "--application_name=x",
        "--application-name=x",
        "-c application-name=x",
        "-c Application_Name=x",
        "  -c\tapplication_name=x  ",
        "-c work_mem=1MB -c application_name=x --enable-seqscan=off",
        "-c application_name=y --application-name=x",
        "-e -O -c application_name=x",
        "-Oc application_name=x",
        "-S 4096 -c application_name=x",
        "-c application_name=\\x",
        "-fs -c application_name=x -c search_path=a",
      })
  void everyFormOfASettingIsRead(String options) {
    assertThat(name(options)).isEqualTo("x");
  }

  @Test
  void aBackslashKeepsWhatFollows() {
    assertThat(name("-c application_name=my\\ app")).isEqualTo("my app");
    assertThat(name("-c application_name=a\\\\b")).isEqualTo("a\\b");
    assertThat(name("-c application_name=a\\")).isEqualTo("a");
    assertThat(name("-c application_name=")).isEmpty();
    assertThat(name("-c application_name==")).isEqualTo("=");
    assertThat(name("-c application_name=a=b")).isEqualTo("a=b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\\",
        "-",
        "-c",
        "-c application_name",
        "--application_name x",
        "-- -c application_name=x",
        "word -c application_name=x",
        "-c search_path=application_name=x",
        "-c application_names=x",
        "-c -c application_name=x"
      })
  void whatIsNoSettingOfItIsNone(String options) {
    assertThat(name(options)).isEqualTo("none");
  }
}
