package io.trunkline.importer;

import io.trunkline.config.PackageOrder;

class PackagesTest extends PackageOrder {
  PackagesTest() {
    super("importer", "common", "patroni", "haproxy", "keepalived", "vipmanager");
  }
}
