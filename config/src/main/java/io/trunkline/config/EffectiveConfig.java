package io.trunkline.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes a configuration with every default filled in, as YAML that {@link ConfigLoader} reads as
 * the same configuration, secrets apart: these are masked.
 */
public final class EffectiveConfig {
  private final Function<Secret, String> secrets;

  private EffectiveConfig(Function<Secret, String> secrets) {
    this.secrets = secrets;
  }

  /** The configuration as YAML. */
  public static String render(TrunklineConfig config) {
    return render(config, Secret::toString);
  }

  static String render(TrunklineConfig config, Function<Secret, String> secrets) {
    YAMLMapper yaml =
        YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();
    try {
      return yaml.writeValueAsString(tree(config, secrets));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and text are always YAML", e);
    }
  }

  /** The same as maps, lists and values. */
  static Map<String, Object> tree(TrunklineConfig config, Function<Secret, String> secrets) {
    return new EffectiveConfig(secrets).root(config);
  }

  private Map<String, Object> root(TrunklineConfig config) {
    return new Fields(secrets)
        .put("node", config.node())
        .put("zone", config.zone())
        .putAll("clusters", config.clusters(), this::cluster)
        .putAll("listeners", config.listeners(), EffectiveListener::of)
        .putAll("vips", config.vips(), this::vip)
        .put("admin", admin(config.admin()))
        .put("log", log(config.log()))
        .put("state_dir", config.stateDir())
        .put("drain_timeout", config.drainTimeout())
        .put("upgrade_timeout", config.upgradeTimeout())
        .putIf(
            config.memoryLimit().isPresent(),
            "memory_limit",
            Sizes.format(config.memoryLimit().orElse(0)))
        .putIf(config.threads().isPresent(), "threads", config.threads().orElse(0))
        .put("vrrp_rt_priority", config.vrrpRtPriority())
        .asMap();
  }

  private Map<String, Object> cluster(ClusterConfig cluster) {
    return new Fields(secrets)
        .put("name", cluster.name())
        .put("scope", cluster.scope())
        .put("namespace", cluster.namespace())
        .put("etcd", cluster.etcd().map(this::etcd))
        .put("patroni", patroni(cluster.patroni()))
        .put("sentinel", cluster.sentinel().map(this::sentinel))
        .put("hold_timeout", cluster.holdTimeout().<Object>map(it -> it).orElse(ClusterReader.AUTO))
        .put("hold_limit", cluster.holdLimit())
        .put("isolation_grace", cluster.isolationGrace())
        .put("on_isolation", cluster.onIsolation())
        .putIf(cluster.maxLogins().isPresent(), "max_logins", cluster.maxLogins().orElse(0))
        .asMap();
  }

  private Map<String, Object> etcd(EtcdConfig etcd) {
    return new Fields(secrets)
        .put("hosts", etcd.hosts())
        .put("protocol", etcd.protocol())
        .put(etcd.tls())
        .put("username", etcd.username())
        .put("password", etcd.password())
        .asMap();
  }

  private Map<String, Object> patroni(PatroniConfig patroni) {
    return new Fields(secrets)
        .put("hosts", patroni.hosts())
        .put(patroni.tls())
        .put("verify", patroni.verify())
        .put("interval", patroni.interval())
        .put("timeout", patroni.timeout())
        .asMap();
  }

  private Map<String, Object> sentinel(SentinelConfig sentinel) {
    return new Fields(secrets)
        .put("user", sentinel.user())
        .put("password", sentinel.password())
        .put("database", sentinel.database())
        .put("tls", EffectiveListener.postgresTls(sentinel.tls()))
        .putIf(
            !sentinel.requireAuth().isEmpty(),
            "require_auth",
            sentinel.requireAuth().stream().sorted().toList())
        .asMap();
  }

  private Map<String, Object> vip(VipConfig vip) {
    return new Fields(secrets)
        .put("name", vip.name())
        .put("interface", vip.networkInterface())
        .put("addresses", vip.addresses())
        .putIf(vip.mode() == VipConfig.Mode.VRRP, "excluded_addresses", vip.excludedAddresses())
        .put("mode", vip.mode())
        .put("duplicate_address", vip.duplicateAddress())
        .put("vrrp", vrrp(vip))
        .put("etcd", vip.lease().map(this::lease))
        .put("cluster", vip.cluster())
        .put("member", vip.memberName())
        .asMap();
  }

  private Map<String, Object> vrrp(VipConfig vip) {
    VrrpConfig vrrp = vip.vrrp();
    var fields = new Fields(secrets);
    if (vip.mode() == VipConfig.Mode.VRRP) {
      boolean ipv4 = vip.addresses().getFirst().address().getAddress().length == 4;
      fields
          .put("version", vrrp.version())
          .put("router_id", vrrp.routerId())
          .put("priority", vrrp.priority())
          .put("advert_interval", vrrp.advertInterval())
          .put("preempt", vrrp.preempt())
          .putIf(vrrp.preempt(), "preempt_delay", vrrp.preemptDelay())
          .put("unicast_peers", vrrp.unicastPeers())
          .put("auth_pass", vrrp.authPass())
          .putIf(vrrp.version() == 3 && ipv4, "checksum_as_v2", vrrp.checksumAsV2());
    }
    return fields
        .put("garp_repeat", vrrp.garpRepeat())
        .put("garp_delay", vrrp.garpDelay())
        .put("garp_refresh", vrrp.garpRefresh())
        .asMap();
  }

  private Map<String, Object> lease(LeaseConfig lease) {
    return new Fields(secrets).put("group", lease.group()).put("lease_ttl", lease.ttl()).asMap();
  }

  private Map<String, Object> admin(AdminConfig admin) {
    return new Fields(secrets)
        .put("bind", admin.bind())
        .put("socket", admin.socket())
        .put("allowed_hosts", admin.allowedHosts())
        .asMap();
  }

  private Map<String, Object> log(LogConfig log) {
    return new Fields(secrets).put("level", log.level()).put("format", log.format()).asMap();
  }
}
