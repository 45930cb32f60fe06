package io.trunkline.loadtest.lab;

import java.time.Instant;

/** From this moment on the leader key names this member. */
public record LeaderChange(String member, Instant at) {}
