package io.trunkline.pgwire.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextMarksTest {
  private final TextMarks marks = new TextMarks();

  private Change look(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return marks.look(bytes, bytes.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "select 1 => NONE",
        "SELECT count(*), lower(name), a * (b + c) FROM t WHERE id IN (1, 2) => NONE",
        "insert into t (a, b) values ($1, now()) on conflict (a) do update set b = 1 => NONE",
        "insert into s.t (a) select f from x => NONE",
        "insert into t (a) select f(x) from x => LASTING",
        "with x as (select 1) update t set a = (select max(b) from x) => NONE",
        "merge into t using (select 1) s on (true) when matched then delete => NONE",
        "begin => NONE",
        "commit; rollback; savepoint a => NONE",
        "(select 1) union (select 2) => NONE",
        "/* app */ select 1 /* route=x */ => NONE",
        "select * from t limit 5 -- f => NONE",
        "set local work_mem = 1 => NONE",
        "set transaction isolation level serializable => NONE",
        "set constraints all deferred => NONE",
        "select set_config('app.tenant', $1, true) => NONE",
        "select set_config( 'app.tenant' , 'it''s' , TRUE ), 1 => NONE",
        "select set_config('app.tenant', $1, false) => LASTING",
        "select set_config('app.tenant', f(), true) => LASTING",
        "select set_config('app.tenant', 'x\\', true) => LASTING",
        "select set_config('app.tenant', 'x', true => LASTING",
        "set work_mem = 1 => TRANSACTIONAL",
        "set session work_mem = 1 => TRANSACTIONAL",
        "set localx = 1 => TRANSACTIONAL",
        "listen news => TRANSACTIONAL",
        "create temporary table x as select 1 => TRANSACTIONAL",
        "select 1 into temp x => TRANSACTIONAL",
        "select 1; set work_mem = 1 => TRANSACTIONAL",
        "insert into t (a) values (nextval('s')) returning host(inet_server_addr()) => NONE",
        "select pg_advisory_xact_lock(1), jsonb_set(a, '{b}', $1) from t => NONE",
        "select pg_advisory_lock(1) => LASTING",
        "select f(1) => LASTING",
        "select s.f (1) => LASTING",
        "select \"count\"(1) => LASTING",
        "select f/* x */(1) => LASTING",
        "select count -- x => NONE",
        "select f -- and\r(1) => LASTING",
        "select 1; /* x */ load 'x' => LASTING",
        "prepare foo as select 1 => LASTING",
        "execute foo => LASTING",
        "do $$ begin end $$ => LASTING",
        "call p() => LASTING",
        "discard all => LASTING",
        "selec 1 => LASTING",
      })
  void whetherItMayChangeTheSession(String text, Change change) {
    assertThat(look(text)).isEqualTo(change);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET app.tenant = 'x'",
        "set session APP.Tenant to x",
        "SET LOCAL app.tenant = 1",
        "select 1; SET\n\tapp.tenant=1",
        "set \"app\".\"tenant\" = 1",
        "select set_config('app.tenant', $1, false)",
        "SELECT pg_catalog.set_config ( 'app.tenant', 'x', true)",
        "do $$ begin perform set_config('app.tenant', 'x', false); end $$",
        "update t set app.tenant = 1",
      })
  void theNameOfACustomSetting(String text) {
    look(text);

    assertThat(marks.settings()).containsExactly("app.tenant");
    assertThat(marks.pinned()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "set work_mem = '5MB'",
        "set search_path = app, public",
        "update t set a = b.c, d = 1",
        "update \"t\" set \"name\" = $1 where \"t\".\"id\" = $2",
        "select set_config('work_mem', '5MB', false)",
        "select offset_config('x'), my_set, payload, reset_it, unset",
        "insert into t (load, dbl, deferred) values ('app.tenant')",
        "select load from t",
        "",
      })
  void whatSaysNothing(String text) {
    look(text);

    assertThat(marks.settings()).isEmpty();
    assertThat(marks.pinned()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "select set_config($1, $2, false) => SETTING",
        "select set_config('app.' || x, 'y', false) from t => SETTING",
        "select set_config('app.' => SETTING",
        "select set_config(name, 'y', false) from t => SETTING",
        "select set_config(E'app.x', 'y', false) => SETTING",
        "set /* here */ app.tenant = 1 => SETTING",
        "set -- here => SETTING",
        "set app.ümlaut = 1 => SETTING",
        "LOAD 'auto_explain' => LOAD",
        "begin; load   'x' => LOAD",
        "select dblink_connect('x', 'y') => DBLINK",
        "select * from dblink('x') => DBLINK",
        "select pg_backup_start('x') => BACKUP",
        "select pg_start_backup('x') => BACKUP",
        "set session characteristics as transaction deferrable => DEFERRABLE",
        "set default_transaction_deferrable = on => DEFERRABLE",
      })
  void whatPins(String text, Pinned reason) {
    look(text);

    assertThat(marks.pinned()).contains(reason);
  }

  @Test
  void moreNamesThanCanBeAskedForPin() {
    for (int i = 0; i <= 32; i++) {
      look("set app.setting" + i + " = 1");
    }

    assertThat(marks.pinned()).contains(Pinned.SETTING);
    assertThat(marks.settings()).hasSize(32);
  }

  @Test
  void anEndlessNamePins() {
    look("set app." + "x".repeat(10_000) + " = 1");

    assertThat(marks.pinned()).contains(Pinned.SETTING);
  }
}
