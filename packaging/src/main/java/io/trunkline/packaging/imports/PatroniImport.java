package io.trunkline.packaging.imports;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads patroni.yml: where the cluster keeps its state, and how its REST API is asked. Everything
 * else is Patroni's own business.
 */
final class PatroniImport {
  private static final String DEFAULT_NAMESPACE = "service";

  private final Remarks remarks;
  private final YamlTree file;
  private final ClusterPlan cluster;

  private PatroniImport(YamlTree file, ClusterPlan cluster, Remarks remarks) {
    this.file = file;
    this.cluster = cluster;
    this.remarks = remarks;
  }

  /**
   * The member that a file is of.
   *
   * @param member its name
   */
  record Result(ClusterPlan cluster, Optional<String> member) {}

  static Result of(ImportSource source, List<ClusterPlan> known, Remarks remarks)
      throws Unparsable {
    YamlTree file = YamlTree.of(source);
    Optional<Scope> scope = file.text("scope").map(it -> scope(file, it)).filter(Scope::isValid);
    Place at = file.at("scope").orElse(file.place());
    ClusterPlan cluster =
        known.stream()
            .filter(it -> it.scope().isPresent() && it.scope().equals(scope))
            .findFirst()
            .orElseGet(() -> new ClusterPlan(at, "scope of Patroni", scope));
    var reader = new PatroniImport(file, cluster, remarks);
    reader.store();
    reader.restApi();
    reader.postgres();
    return new Result(cluster, file.text("name"));
  }

  /** Of a Citus cluster each group is a cluster of its own. */
  private static Scope scope(YamlTree file, String scope) {
    String namespace = file.text("namespace").orElse(DEFAULT_NAMESPACE);
    Optional<String> group =
        file.section("citus").flatMap(citus -> citus.text("group")).filter(Text::isNumber);
    return Scope.of(namespace, scope + group.map(it -> "/" + it).orElse(""));
  }

  private void store() {
    Optional<YamlTree> etcd3 = file.section("etcd3");
    Optional<YamlTree> etcd = file.section("etcd");
    if (etcd3.isPresent()) {
      etcd(etcd3.get(), file.at("etcd3").orElseThrow()).ifPresent(this::etcd);
    } else if (etcd.isPresent()) {
      Place at = file.at("etcd").orElseThrow();
      etcd(etcd.get(), at).ifPresent(cluster::etcdOfApi2);
      remarks.missing(
          at,
          "etcd: the section of etcd's API 2, whose keys API 3 does not see, so the leader key"
              + " cannot be read; Patroni's REST API alone decides, which sees a new leader later"
              + " and proves no quorum; move Patroni to its section etcd3, then give etcd here");
    } else {
      Stream.of("consul", "zookeeper", "kubernetes", "exhibitor", "raft")
          .filter(file::has)
          .forEach(
              store -> {
                cluster.otherStore();
                remarks.lost(
                    file.at(store).orElseThrow(),
                    store
                        + ": the leader key is not read there; Patroni's REST API alone decides,"
                        + " which sees a new leader later and proves no quorum");
              });
    }
  }

  private void etcd(EtcdPlan told) {
    if (cluster.etcd().filter(it -> Collections.disjoint(it.hosts(), told.hosts())).isPresent()) {
      remarks.missing(
          told.place(),
          "etcd: names other servers than %s, for the same scope; it was taken to be the same cluster, make sure that it is"
              .formatted(cluster.etcd().get().place()));
    }
    cluster.etcd(told);
  }

  private Optional<EtcdPlan> etcd(YamlTree etcd, Place at) {
    Stream.of("srv", "srv_suffix", "discovery_srv", "proxy", "use_proxies")
        .filter(etcd::has)
        .forEach(
            key ->
                remarks.missing(
                    etcd.at(key).orElseThrow(),
                    key + ": endpoints are not looked up; write them as etcd.hosts"));
    Optional<String> url = etcd.text("url");
    List<String> hosts =
        EtcdPlan.endpoints(
            Stream.of(etcd.texts("hosts"), etcd.texts("host"), url.stream().toList())
                .filter(it -> !it.isEmpty())
                .findFirst()
                .orElse(List.of()));
    if (hosts.isEmpty()) {
      remarks.missing(at, "etcd: names no endpoints; write etcd.hosts");
      return Optional.empty();
    }
    if (hosts.stream().anyMatch(Addresses::isLocal)) {
      remarks.missing(
          at,
          "etcd: names the machine of the database itself; on a proxy node write the addresses of"
              + " the etcd servers");
    }
    boolean https =
        etcd.text("protocol").or(() -> url).filter(it -> it.startsWith("https")).isPresent();
    var plan =
        new EtcdPlan(
            at,
            hosts,
            https,
            etcd.text("cacert"),
            etcd.text("cert"),
            etcd.text("key"),
            etcd.text("username"),
            etcd.text("password"));
    if (https && !plan.files().isEmpty()) {
      remarks.missing(
          at,
          "the files "
              + Text.shownAll(plan.files())
              + " are those of a database node; put such files where Trunkline runs, readable for"
              + " its user, with a certificate of that node");
    }
    return Optional.of(plan);
  }

  private void restApi() {
    Optional<YamlTree> restApi = file.section("restapi");
    if (restApi.isEmpty()) {
      return;
    }
    restApi
        .get()
        .text("connect_address")
        .ifPresent(
            address -> {
              String host = address.replaceFirst("^https?://", "");
              cluster.restHost(host.matches(".*:(\\d+|\\$\\{\\w+\\})") ? host : host + ":8008");
            });
    if (!restApi.get().has("certfile")) {
      cluster.rest(RestTls.HTTP);
      return;
    }
    YamlTree asked = restApi.get();
    Optional<YamlTree> ctl = file.section("ctl");
    Optional<String> ca = ctl.flatMap(it -> it.text("cacert")).or(() -> asked.text("cafile"));
    boolean insecure =
        ctl.flatMap(it -> it.text("insecure")).filter(it -> it.matches("true|on|yes")).isPresent();
    clientCertificate(asked, ctl);
    cluster.rest(
        new RestTls(
            true,
            true,
            ca.isEmpty() && insecure ? "none" : "full",
            ca,
            ctl.flatMap(it -> it.text("certfile")),
            ctl.filter(it -> it.has("certfile")).flatMap(it -> it.text("keyfile"))));
    if (ca.isEmpty()) {
      cluster.doubt(
          asked.at("certfile").orElseThrow(),
          insecure
              ? "certfile: as in ctl.insecure, the REST API's certificate is not checked; write"
                  + " cacert and verify: full instead"
              : "certfile: no file names who signed it; write patroni.cacert, unless it is an"
                  + " authority that the system knows");
    }
  }

  private void clientCertificate(YamlTree asked, Optional<YamlTree> ctl) {
    boolean required = asked.text("verify_client").filter("required"::equals).isPresent();
    if (required && ctl.filter(it -> it.has("certfile")).isEmpty()) {
      remarks.missing(
          asked.at("verify_client").orElseThrow(),
          "verify_client required: write patroni.cert and patroni.key, a certificate for this"
              + " node");
    }
  }

  private void postgres() {
    file.section("postgresql")
        .flatMap(postgresql -> postgresql.text("connect_address"))
        .ifPresent(cluster::postgres);
  }
}
