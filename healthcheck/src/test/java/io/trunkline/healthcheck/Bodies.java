package io.trunkline.healthcheck;

/** Answers of REST APIs as Patroni 3.0.2 words them. */
public final class Bodies {
  public static final String SCOPE = "main";

  private Bodies() {}

  public static String primary(long timeline) {
    return """
    {"state": "running", "postmaster_start_time": "2026-11-21 10:00:00.1+00:00",\
     "role": "master", "server_version": 150014, "xlog": {"location": 5000},\
     "timeline": %d, "dcs_last_seen": 1700000000,\
     "database_system_identifier": "7000000000000000001",\
     "patroni": {"version": "3.0.2", "scope": "main"}}\
    """
        .formatted(timeline);
  }

  public static String replica(long timeline) {
    return """
    {"state": "running", "postmaster_start_time": "2026-11-21 10:00:00.1+00:00",\
     "role": "replica", "server_version": 150014, "xlog": {"received_location": 4000,\
     "replayed_location": 3900, "replayed_timestamp": null, "paused": false},\
     "timeline": %d, "cluster_unlocked": true, "dcs_last_seen": 1700000000,\
     "tags": {"noloadbalance": true, "zone": "a", "priority": 3},\
     "database_system_identifier": "7000000000000000001",\
     "patroni": {"version": "3.0.2", "scope": "main"}}\
    """
        .formatted(timeline);
  }
}
