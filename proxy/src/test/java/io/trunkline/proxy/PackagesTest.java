package io.trunkline.proxy;

import io.trunkline.config.PackageOrder;

class PackagesTest extends PackageOrder {
  PackagesTest() {
    super(
        "proxy",
        "stats",
        "relay",
        "tls",
        "admission",
        "backend",
        "auth",
        "cancel",
        "session",
        "listener");
  }
}
