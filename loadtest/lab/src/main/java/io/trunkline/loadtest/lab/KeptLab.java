package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;

/** A proxy node that logs in for its clients and keeps sessions, until it is closed. */
public final class KeptLab implements AutoCloseable {
  private static final Duration SERVING = Duration.ofSeconds(60);

  /** The role and the function of the manual. */
  private static final String AUTH =
      """
      create schema if not exists trunkline;
      create or replace function trunkline.get_auth(name text, out rolname name, out rolpassword text)
        returns setof record language sql stable security definer set search_path = '' as
        'select a.rolname, a.rolpassword from pg_catalog.pg_authid a
          where a.rolname operator(pg_catalog.=) name and a.rolcanlogin and not a.rolsuper
            and not a.rolreplication';
      do $$ begin create role trunkline_auth login password 'lab-auth';
        exception when duplicate_object then null; end $$;
      revoke all on function trunkline.get_auth(text) from public;
      grant usage on schema trunkline to trunkline_auth;
      grant execute on function trunkline.get_auth(text) to trunkline_auth;
      """;

  private final Lab lab;
  private final ProxyNode proxy;
  private final int port;
  private final String before;

  private KeptLab(Lab lab, ProxyNode proxy, int port, String before) {
    this.lab = lab;
    this.proxy = proxy;
    this.port = port;
    this.before = before;
  }

  /**
   * Has that node log in for its clients.
   *
   * @param port of its listener for writes
   * @param listeners appended to its configuration; may be empty
   */
  public static KeptLab with(Lab lab, ProxyNode proxy, int port, String listeners) {
    String before;
    try {
      before = Files.readString(proxy.file("etc/trunkline.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lab.primary().sql(AUTH);
    KeptLab kept = new KeptLab(lab, proxy, port, before);
    kept.configure(
        before
                .replaceFirst(
                    "(?m)^( *)namespace: .*$",
                    "$0\n$1auth: {user: trunkline_auth, password: lab-auth, insecure: true}")
                .replaceAll(
                    "(?m)^( *)tls: \\{mode: terminate[^}]*}$",
                    "$0\n$1backend_tls: {mode: verify_ca, cacert: /lab/certs/ca.crt}")
            + listeners);
    return kept;
  }

  private void configure(String text) {
    proxy.configure(text);
    proxy.restart();
    lab.awaitServing(port, SERVING);
  }

  @Override
  public void close() {
    configure(before);
  }
}
