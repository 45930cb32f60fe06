package io.trunkline.proxy;

import io.trunkline.config.ListenerConfig;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Picker;
import java.time.InstantSource;

/**
 * What the sessions of one listener share.
 *
 * @param listener its configuration
 * @param cluster what the sessions of its cluster share
 * @param picker places sessions
 * @param admission lets clients in
 * @param dialer reaches members
 * @param cancels passes cancel requests on
 * @param stats counts
 * @param connects is told what dialling members comes to
 * @param refusals is told of refused clients
 * @param clock the time
 */
record Endpoint(
    ListenerConfig listener,
    ClusterGate cluster,
    Picker picker,
    Admission admission,
    Dialer dialer,
    CancelFanOut cancels,
    ListenerStats stats,
    ConnectObserver connects,
    RefusalLog refusals,
    InstantSource clock) {}
