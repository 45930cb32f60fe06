package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.RestTls;
import io.trunkline.importer.common.YamlBlock;
import java.util.List;

/**
 * A listener that is to be written.
 *
 * @param title the section it is made from
 * @param bind where it listened
 * @param servers those it balanced over
 * @param rest how their REST APIs were checked
 * @param settings all keys but name, bind and cluster
 */
public record ListenerPlan(
    String title,
    String name,
    HaproxyBind bind,
    List<HaproxyServer> servers,
    RestTls rest,
    YamlBlock settings) {
  public ListenerPlan {
    servers = List.copyOf(servers);
  }

  public Place place() {
    return bind.place();
  }
}
