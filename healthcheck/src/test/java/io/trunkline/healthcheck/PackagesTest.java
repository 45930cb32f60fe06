package io.trunkline.healthcheck;

import io.trunkline.config.PackageOrder;

class PackagesTest extends PackageOrder {
  PackagesTest() {
    super("healthcheck", "common", "patroni", "timeline", "sentinel", "rest", "dcs", "dcs.etcd");
  }
}
