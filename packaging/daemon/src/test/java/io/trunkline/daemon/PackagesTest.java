package io.trunkline.daemon;

import io.trunkline.config.PackageOrder;

class PackagesTest extends PackageOrder {
  PackagesTest() {
    super("daemon", "log", "status", "metrics", "admin", "upgrade", "warmup", "app", "cli");
  }
}
