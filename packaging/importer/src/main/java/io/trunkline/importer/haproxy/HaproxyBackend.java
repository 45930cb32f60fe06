package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.RestTls;
import java.util.List;

/**
 * A backend of PostgreSQL servers, and what its checks make of them.
 *
 * @param rest how their REST APIs were asked
 */
record HaproxyBackend(
    HaproxyProxy proxy, List<HaproxyServer> servers, RestTls rest, HaproxyRoute route) {
  HaproxyBackend {
    servers = List.copyOf(servers);
  }
}
