/**
 * Observes clusters: etcd's keys are read and watched, members' REST APIs are asked, PostgreSQL
 * itself is asked where there are credentials, and what sessions see is heard. The outcome is a
 * stream of immutable {@link io.trunkline.routing.ClusterView}s with a single writer.
 *
 * <p>{@link io.trunkline.healthcheck.ClusterObserver} is the entrance. One event loop per cluster
 * owns all its state: there are no locks, and nothing on that loop blocks.
 *
 * <p>Events, all with the cluster's name:
 *
 * <ul>
 *   <li>leader_changed(from, to, revision), leader_key_lost(member)
 *   <li>failover_requested(leader, candidate, at), failover_cleared, maintenance_started,
 *       maintenance_ended
 *   <li>member_added(member, postgres, api), member_removed(member)
 *   <li>member_key_unreadable(member, reason), key_unreadable(reason)
 *   <li>rest_failed(member, reason), rest_recovered(member, after_ms), rest_unreadable(member,
 *       reason): fields of an answer
 *   <li>sentinel_failed(member, reason), sentinel_recovered(member, after_ms)
 *   <li>dcs_connected, dcs_lost(reason), dcs_recovered, etcd_endpoint_changed(from, to, reason),
 *       etcd_history_rewound(from, to)
 *   <li>timeline_regression(member, timeline, highest, seen_on),
 *       timeline_regression_cleared(member, timeline), timeline_accepted(member, timeline,
 *       instead_of), timeline_implausible(member, timeline, highest), timeline_file_failed(file,
 *       action, reason, hint), timeline_file_written(file): after a failure
 *   <li>certificates_renewed(of), certificates_not_renewed(of, why)
 *   <li>view_not_taken(reason), observation_failed(reason, at), rest_probe_stalled(member,
 *       silent_s), sentinel_stalled(member, silent_s), discovery_stalled(silent_s): defects
 * </ul>
 */
@NullMarked
package io.trunkline.healthcheck;

import org.jspecify.annotations.NullMarked;
