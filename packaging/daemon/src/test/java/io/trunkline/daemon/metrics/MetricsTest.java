package io.trunkline.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.SampleVips;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names are a contract: dashboards and alerts are made of them. */
class MetricsTest {
  @TempDir Path directory;
  private final SampleCluster cluster = SampleCluster.healthy();
  private SampleNode node;

  @BeforeEach
  void observe() throws IOException {
    node =
        new SampleNode(SampleConfig.withVipIn(directory), cluster)
            .observe()
            .vips(SampleVips.master());
  }

  private static List<String> samples(Metrics metrics) {
    return metrics.scrape().lines().filter(line -> !line.startsWith("#")).toList();
  }

  private static Set<String> names(List<String> samples) {
    return samples.stream()
        .map(line -> line.replaceFirst("[{ ].*", ""))
        .filter(name -> name.startsWith("trunkline_"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void sentinels() {
    SentinelAnswer answer =
        new SentinelAnswer(
            cluster.now(), cluster.now().plusMillis(3), Access.IN_RECOVERY, OptionalLong.empty());
    cluster.watched(
        "pg-2", new SentinelHealth(Optional.of(answer), Optional.empty(), Optional.empty()));
    cluster.watched("pg-3", SentinelHealth.UNKNOWN);
    cluster.after(Duration.ofMillis(203));
    node.observe();
    try (Metrics metrics = new Metrics(node.facts(), () -> 7)) {
      assertThat(samples(metrics))
          .filteredOn(line -> line.contains("sentinel"))
          .containsExactlyInAnyOrder(
              "trunkline_member_sentinel_up{cluster=\"main\",member=\"pg-2\"} 1.0",
              "trunkline_member_sentinel_up{cluster=\"main\",member=\"pg-3\"} 0.0",
              "trunkline_member_sentinel_access{access=\"in_recovery\",cluster=\"main\","
                  + "member=\"pg-2\"} 1.0",
              "trunkline_member_sentinel_latency_seconds{cluster=\"main\",member=\"pg-2\"}"
                  + " 0.003",
              "trunkline_member_evidence_age_seconds{cluster=\"main\",member=\"pg-2\","
                  + "source=\"sentinel\"} 0.2");
    }
  }

  @Test
  void names() {
    try (Metrics metrics = new Metrics(node.facts(), () -> 7)) {
      assertThat(names(samples(metrics)))
          .containsExactly(
              "trunkline_build_info",
              "trunkline_config_last_reload_success_timestamp_seconds",
              "trunkline_config_last_reload_successful",
              "trunkline_dcs_connected",
              "trunkline_dcs_evidence_age_seconds",
              "trunkline_hold_limit",
              "trunkline_listener_accepted_total",
              "trunkline_listener_bound",
              "trunkline_listener_bytes_total",
              "trunkline_listener_cancels_dropped_total",
              "trunkline_listener_connection_failures_total",
              "trunkline_listener_connections",
              "trunkline_listener_detached",
              "trunkline_listener_dial_failures_total",
              "trunkline_listener_ends_total",
              "trunkline_listener_max_connections",
              "trunkline_listener_max_connections_per_address",
              "trunkline_listener_max_connections_per_backend",
              "trunkline_listener_queued",
              "trunkline_listener_session_restore_seconds_bucket",
              "trunkline_listener_session_restore_seconds_count",
              "trunkline_listener_session_restore_seconds_sum",
              "trunkline_listener_sessions",
              "trunkline_listener_sessions_detached_total",
              "trunkline_listener_sessions_kept",
              "trunkline_listener_sessions_not_kept",
              "trunkline_listener_sessions_pinned_total",
              "trunkline_listener_state_queries_total",
              "trunkline_listener_state_query_seconds_bucket",
              "trunkline_listener_state_query_seconds_count",
              "trunkline_listener_state_query_seconds_sum",
              "trunkline_listener_transactions_lost_total",
              "trunkline_log_lines_dropped_total",
              "trunkline_member_eligible",
              "trunkline_member_evidence_age_seconds",
              "trunkline_member_excluded",
              "trunkline_member_lag_bytes",
              "trunkline_member_logins_limit",
              "trunkline_member_logins_queued",
              "trunkline_member_logins_under_way",
              "trunkline_member_role",
              "trunkline_member_timeline",
              "trunkline_member_up",
              "trunkline_memory_limit_bytes",
              "trunkline_memory_refusing",
              "trunkline_memory_session_states_bytes",
              "trunkline_memory_used_bytes",
              "trunkline_memory_waiting_bytes",
              "trunkline_patroni_maintenance",
              "trunkline_phase",
              "trunkline_predecessor_sessions",
              "trunkline_ready",
              "trunkline_start_time_seconds",
              "trunkline_timeline",
              "trunkline_timeline_regression",
              "trunkline_view_age_seconds",
              "trunkline_vip_advertisements_total",
              "trunkline_vip_announcements_total",
              "trunkline_vip_contended_total",
              "trunkline_vip_drained",
              "trunkline_vip_info",
              "trunkline_vip_missed_deadlines_total",
              "trunkline_vip_priority",
              "trunkline_vip_rejected_total",
              "trunkline_vip_send_errors_total",
              "trunkline_vip_serving",
              "trunkline_vip_state",
              "trunkline_vip_timer_lateness_seconds_bucket",
              "trunkline_vip_timer_lateness_seconds_count",
              "trunkline_vip_timer_lateness_seconds_sum",
              "trunkline_vip_timer_lateness_worst_seconds",
              "trunkline_vip_transitions_total",
              "trunkline_write_route_change_time_seconds",
              "trunkline_write_route_reason",
              "trunkline_write_route_sessions_blocked",
              "trunkline_write_route_state",
              "trunkline_write_route_target");
    }
  }

  @Test
  void values() {
    cluster.after(Duration.ofMillis(1_500));
    try (Metrics metrics = new Metrics(node.facts(), () -> 7)) {
      assertThat(samples(metrics))
          .contains(
              "trunkline_write_route_state{cluster=\"main\",state=\"open\"} 1.0",
              "trunkline_write_route_state{cluster=\"main\",state=\"holding\"} 0.0",
              "trunkline_write_route_reason{cluster=\"main\",reason=\"leader_key_and_rest\"} 1.0",
              "trunkline_write_route_target{cluster=\"main\",member=\"pg-1\"} 1.0",
              "trunkline_dcs_connected{cluster=\"main\"} 1.0",
              "trunkline_dcs_evidence_age_seconds{cluster=\"main\"} 1.5",
              "trunkline_member_lag_bytes{cluster=\"main\",member=\"pg-3\"} 100.0",
              "trunkline_member_eligible{cluster=\"main\",listener=\"read\",member=\"pg-2\"} 1.0",
              "trunkline_member_eligible{cluster=\"main\",listener=\"read\",member=\"pg-1\"} 0.0",
              "trunkline_member_excluded{cluster=\"main\",listener=\"read\",member=\"pg-1\","
                  + "reason=\"is_primary\"} 1.0",
              "trunkline_listener_max_connections{cluster=\"main\",listener=\"write\"} 10000.0",
              "trunkline_hold_limit{cluster=\"main\"} 10000.0",
              "trunkline_member_logins_under_way{cluster=\"main\",member=\"pg-1\"} 3.0",
              "trunkline_member_logins_queued{cluster=\"main\",member=\"pg-1\"} 0.0",
              "trunkline_member_logins_limit{cluster=\"main\",member=\"pg-1\"} 12.0",
              "trunkline_config_last_reload_successful 1.0",
              "trunkline_config_last_reload_success_timestamp_seconds "
                  + SampleCluster.START.toEpochMilli() / 1000.0,
              "trunkline_listener_accepted_total{cluster=\"main\",listener=\"write\"} 3.0",
              "trunkline_listener_connections{cluster=\"main\",listener=\"write\"} 2.0",
              "trunkline_listener_queued{cluster=\"main\",listener=\"write\"} 1.0",
              "trunkline_listener_ends_total{cluster=\"main\",listener=\"write\","
                  + "reason=\"superseded\"} 1.0",
              "trunkline_listener_bytes_total{cluster=\"main\",direction=\"to_clients\","
                  + "listener=\"write\"} 2000.0",
              "trunkline_listener_sessions{cluster=\"main\",listener=\"write\",member=\"pg-1\"}"
                  + " 2.0",
              "trunkline_log_lines_dropped_total 7.0");
    }
  }

  @Test
  void vips() {
    try (Metrics metrics = new Metrics(node.facts(), () -> 0)) {
      assertThat(samples(metrics))
          .contains(
              "trunkline_vip_state{state=\"master\",vip=\"main\"} 1.0",
              "trunkline_vip_state{state=\"backup\",vip=\"main\"} 0.0",
              "trunkline_vip_state{state=\"initialize\",vip=\"main\"} 0.0",
              "trunkline_vip_drained{vip=\"main\"} 0.0",
              "trunkline_vip_info{interface=\"lo\",mode=\"vrrp\",vip=\"main\"} 1",
              "trunkline_vip_priority{vip=\"main\"} 100.0",
              "trunkline_vip_serving{vip=\"main\"} 1.0",
              "trunkline_vip_advertisements_total{direction=\"sent\",vip=\"main\"} 10.0",
              "trunkline_vip_advertisements_total{direction=\"received\",vip=\"main\"} 20.0",
              "trunkline_vip_send_errors_total{vip=\"main\"} 1.0",
              "trunkline_vip_announcements_total{vip=\"main\"} 5.0",
              "trunkline_vip_contended_total{vip=\"main\"} 2.0",
              "trunkline_vip_missed_deadlines_total{vip=\"main\"} 3.0",
              "trunkline_vip_rejected_total{reason=\"checksum\",vip=\"main\"} 4.0",
              "trunkline_vip_rejected_total{reason=\"ttl\",vip=\"main\"} 0.0",
              "trunkline_vip_transitions_total{reason=\"master_silent\",state=\"master\","
                  + "vip=\"main\"} 1.0",
              "trunkline_vip_transitions_total{reason=\"shutdown\",state=\"initialize\","
                  + "vip=\"main\"} 0.0",
              "trunkline_vip_timer_lateness_seconds_bucket{le=\"0.001\"} 90",
              "trunkline_vip_timer_lateness_seconds_bucket{le=\"0.01\"} 98",
              "trunkline_vip_timer_lateness_seconds_bucket{le=\"+Inf\"} 100",
              "trunkline_vip_timer_lateness_seconds_sum 0.25",
              "trunkline_vip_timer_lateness_worst_seconds 0.042");
    }
  }

  @Test
  void aNodeWithoutVipsTellsNothingOfThem() throws IOException {
    SampleNode plain = new SampleNode(SampleConfig.in(directory), cluster).observe();
    try (Metrics metrics = new Metrics(plain.facts(), () -> 0)) {
      assertThat(names(samples(metrics))).noneMatch(name -> name.contains("vip"));
    }
  }

  @Test
  void whatIsGoneIsNotReportedAnyMore() {
    try (Metrics metrics = new Metrics(node.facts(), () -> 0)) {
      metrics.scrape();
      cluster.after(Duration.ofSeconds(1)).leaderless().leaves("pg-3");
      node.observe();
      List<String> samples = samples(metrics);
      assertThat(samples)
          .contains(
              "trunkline_write_route_state{cluster=\"main\",state=\"holding\"} 1.0",
              "trunkline_write_route_reason{cluster=\"main\",reason=\"no_leader\"} 1.0")
          .noneMatch(line -> line.contains("pg-3"))
          .noneMatch(line -> line.contains("leader_key_and_rest"))
          .noneMatch(line -> line.startsWith("trunkline_write_route_target"));
    }
  }

  @Test
  void theVirtualMachine() {
    try (Metrics metrics = new Metrics(node.facts(), () -> 0)) {
      assertThat(metrics.scrape())
          .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "jvm_gc_");
    }
  }
}
