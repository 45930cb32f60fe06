package io.trunkline.loadtest.soak;

/** What a fault is aimed at: who that is turns out when it begins. */
enum Role {
  PRIMARY("the primary"),
  REPLICA("a replica"),
  ETCD_MEMBER("an etcd member"),
  ETCD("etcd"),
  VIP_HOLDER("the proxy with the VIP"),
  OTHER_PROXY("a proxy without the VIP"),
  EVERY_PROXY("every proxy"),
  CLUSTER("the cluster");

  private final String title;

  Role(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
