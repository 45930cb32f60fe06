package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.util.Optional;

/**
 * A way to the servers of the field that is open.
 *
 * @param address where its clients connect
 * @param postgres the port that leads to PostgreSQL
 * @param fake the port that leads to the fake one
 * @param proxy the process that the bytes go through, if there is one
 */
record Contender(Way way, String address, int postgres, int fake, Optional<Daemon> proxy)
    implements AutoCloseable {

  Daemon daemon() {
    return proxy.orElseThrow(() -> new LabException(way.title() + " has no process of its own"));
  }

  @Override
  public void close() {
    proxy.ifPresent(Daemon::close);
  }
}
