package io.trunkline.vip;

import io.trunkline.config.VipConfig;
import io.trunkline.vip.lease.LeaseStore;

/** Where the leases are. */
@FunctionalInterface
public interface LeaseStores {
  /** For that VIP of mode etcd. Does not wait for etcd. */
  LeaseStore open(VipConfig vip);
}
