package io.trunkline.loadtest.soak;

import java.time.Duration;
import java.util.List;

/** What the nemesis can do. */
enum Verb {
  TRUNKLINE_KILLED("Trunkline killed", Aim.PROXY, 3, 15, Blinds.NODE),
  TRUNKLINE_PAUSED("Trunkline paused", Aim.PROXY, 3, 20, Blinds.NODE),
  TRUNKLINE_RESTARTED("Trunkline restarted", Aim.PROXY, 1, 1, Blinds.NOTHING),
  TRUNKLINE_UPGRADED("Trunkline upgraded", Aim.PROXY, 1, 1, Blinds.NOTHING),
  CONFIGURATION_RELOADED("changed configuration reloaded", Aim.PROXY, 1, 1, Blinds.NOTHING),
  CERTIFICATE_RENEWED("certificate renewed", Aim.PROXY, 1, 1, Blinds.NOTHING),
  NODE_DRAINED("node drained", Aim.PROXY, 5, 20, Blinds.NOTHING),
  VIP_DRAINED("VIP drained", Aim.VIP_HOLDER, 5, 20, Blinds.NOTHING),
  DISK_FULL("disk of the state full", Aim.PROXY, 10, 30, Blinds.NOTHING),
  PROXY_CUT_OFF("proxy cut off", Aim.PROXY, 5, 25, Blinds.NODE),
  PROXY_UNPLUGGED("proxy unplugged, VRRP included", Aim.PROXY, 5, 25, Blinds.NODE),
  PROXY_CUT_ONE_WAY("proxy hears and is not heard", Aim.PROXY, 5, 20, Blinds.NODE),
  PROXY_SLOW("slow link of a proxy", Aim.PROXY, 10, 30, Blinds.NODE),
  PROXY_LOSSY("lossy link of a proxy", Aim.PROXY, 10, 30, Blinds.NODE),
  REST_ONLY("no proxy reaches etcd, REST only", Aim.EVERY_PROXY, 10, 30, Blinds.NODE),
  PATRONI_KILLED("Patroni killed", Aim.MEMBER, 3, 20, Blinds.NOTHING),
  PATRONI_PAUSED("Patroni paused", Aim.MEMBER, 5, 30, Blinds.NOTHING),
  PATRONI_RESTARTED("Patroni restarted", Aim.MEMBER, 1, 1, Blinds.NOTHING),
  REST_SILENT("REST API silent", Aim.MEMBER, 10, 30, Blinds.ETCD),
  REST_REFUSED("REST API refused", Aim.MEMBER, 10, 30, Blinds.ETCD),
  POSTGRES_KILLED("PostgreSQL killed", Aim.MEMBER, 1, 1, Blinds.NOTHING),
  POSTGRES_PAUSED("PostgreSQL paused", Aim.MEMBER, 3, 15, Blinds.NOTHING),
  POSTGRES_RESTARTED("PostgreSQL stopped and started", Aim.MEMBER, 1, 1, Blinds.NOTHING),
  REPLAY_DELAYED("replay delayed", Aim.REPLICA, 15, 30, Blinds.NOTHING),
  MEMBER_CUT_OFF("member cut off", Aim.MEMBER, 5, 30, Blinds.ETCD),
  MEMBER_CUT_ONE_WAY("member hears and is not heard", Aim.MEMBER, 5, 20, Blinds.ETCD),
  MEMBER_SLOW("slow link of a member", Aim.MEMBER, 10, 30, Blinds.ETCD),
  MEMBER_LOSSY("lossy link of a member", Aim.MEMBER, 10, 30, Blinds.ETCD),
  PARTITIONED("primary and a proxy apart from the rest", Aim.PRIMARY, 5, 30, Blinds.NODE),
  ETCD_MEMBER_KILLED("etcd member killed", Aim.ETCD_MEMBER, 5, 30, Blinds.ETCD),
  ETCD_MEMBER_PAUSED("etcd member paused", Aim.ETCD_MEMBER, 5, 30, Blinds.ETCD),
  QUORUM_LOST("etcd without its quorum", Aim.ETCD, 5, 25, Blinds.NODE),
  SWITCHOVER("planned switchover", Aim.CLUSTER, 1, 1, Blinds.NOTHING),
  MAINTENANCE("Patroni's maintenance mode", Aim.CLUSTER, 5, 20, Blinds.NOTHING);

  /** Which roles it can be aimed at. */
  enum Aim {
    MEMBER,
    PRIMARY,
    REPLICA,
    PROXY,
    VIP_HOLDER,
    EVERY_PROXY,
    ETCD_MEMBER,
    ETCD,
    CLUSTER;

    List<Role> roles() {
      return switch (this) {
        case MEMBER -> List.of(Role.PRIMARY, Role.REPLICA);
        case PRIMARY -> List.of(Role.PRIMARY);
        case REPLICA -> List.of(Role.REPLICA);
        case PROXY -> List.of(Role.VIP_HOLDER, Role.OTHER_PROXY);
        case VIP_HOLDER -> List.of(Role.VIP_HOLDER);
        case EVERY_PROXY -> List.of(Role.EVERY_PROXY);
        case ETCD_MEMBER -> List.of(Role.ETCD_MEMBER);
        case ETCD -> List.of(Role.ETCD);
        case CLUSTER -> List.of(Role.CLUSTER);
      };
    }
  }

  /** What a node may not see meanwhile, and how soon it fences a superseded member all the same. */
  enum Blinds {
    NOTHING(500),
    /** One of etcd's members, a watch, or a REST API. */
    ETCD(3500),
    /** Etcd as a whole, or the node itself. */
    NODE(14_000);

    private final Duration fencedWithin;

    Blinds(long millis) {
      fencedWithin = Duration.ofMillis(millis);
    }

    /** As in {@code docs/reliability.md}. */
    Duration fencedWithin() {
      return fencedWithin;
    }
  }

  private final String title;
  private final Aim aim;
  private final int shortest;
  private final int longest;
  private final Blinds blinds;

  /**
   * @param shortest seconds
   * @param longest seconds; 1 for what is over when it is done
   */
  Verb(String title, Aim aim, int shortest, int longest, Blinds blinds) {
    this.title = title;
    this.aim = aim;
    this.shortest = shortest;
    this.longest = longest;
    this.blinds = blinds;
  }

  String title() {
    return title;
  }

  List<Role> roles() {
    return aim.roles();
  }

  int shortest() {
    return shortest;
  }

  int longest() {
    return longest;
  }

  Blinds blinds() {
    return blinds;
  }

  /** Whether clients' connections to a proxy can break without a word to the client. */
  boolean silencesClients() {
    return switch (this) {
      case TRUNKLINE_PAUSED,
          PROXY_CUT_OFF,
          PROXY_UNPLUGGED,
          PROXY_CUT_ONE_WAY,
          PROXY_SLOW,
          PROXY_LOSSY,
          PARTITIONED ->
          true;
      default -> false;
    };
  }

  /** Whether a proxy may not hear how far a replica is behind. */
  boolean hidesLag() {
    return blinds != Blinds.NOTHING || this == PATRONI_PAUSED || this == PATRONI_KILLED;
  }
}
