package io.trunkline.importer.patroni;

import static io.trunkline.importer.common.KeywordNotes.replaced;

import io.trunkline.config.ConfigLoader;
import io.trunkline.importer.common.Addresses;
import io.trunkline.importer.common.ClusterPlan;
import io.trunkline.importer.common.EtcdPlan;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.KeywordNotes;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.RestTls;
import io.trunkline.importer.common.Scope;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import io.trunkline.importer.common.YamlTree;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads patroni.yml: where the cluster keeps its state, and how its REST API is asked. Everything
 * else is Patroni's own business.
 */
public final class PatroniImport {
  private static final String DEFAULT_NAMESPACE = "service";

  private static final List<String> OTHER_STORES =
      List.of("consul", "zookeeper", "kubernetes", "exhibitor", "raft");

  /** Keys that something is made of, if it is what it should be. */
  private static final Set<String> READ =
      Set.of("scope", "namespace", "etcd3", "etcd", "restapi", "postgresql");

  private static final KeywordNotes RESTAPI =
      KeywordNotes.of(
          replaced(
              """
              listen keyfile keyfile_password ciphers request_queue_size http_extra_headers
              https_extra_headers server_tokens
              """,
              "restapi.listen, keyfile and the like: say how Patroni serves, not how it is asked"),
          replaced(
              "authentication allowlist allowlist_include_members",
              "restapi.authentication, allowlist: Trunkline asks for nothing that they guard"));

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
  public record Result(ClusterPlan cluster, Optional<String> member) {}

  public static Result of(ImportSource source, List<ClusterPlan> known, Remarks remarks)
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
    reader.tellLeft();
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
    Optional<YamlTree> etcd = etcd3.isPresent() ? Optional.empty() : file.section("etcd");
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
      OTHER_STORES.stream()
          .filter(file::has)
          .forEach(
              store -> {
                file.take(store);
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
            key -> {
              etcd.take(key);
              remarks.missing(
                  etcd.at(key).orElseThrow(),
                  key + ": endpoints are not looked up; write them as etcd.hosts");
            });
    List<String> hosts =
        EtcdPlan.endpoints(
            Stream.of("hosts", "host", "url")
                .map(etcd::texts)
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
        etcd.text("protocol")
            .or(() -> etcd.text("url"))
            .filter(it -> it.startsWith("https"))
            .isPresent();
    boolean named = etcd.has("username") && etcd.has("password");
    var plan =
        new EtcdPlan(
            at,
            hosts,
            https,
            etcd.textIf(https, "cacert"),
            etcd.textIf(https, "cert"),
            etcd.textIf(https && etcd.has("cert"), "key"),
            etcd.textIf(named, "username"),
            etcd.textIf(named, "password"));
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
    asked.take("certfile", "verify_client");
    Optional<YamlTree> ctl = file.section("ctl");
    Optional<String> cafile = asked.text("cafile");
    Optional<String> ca = ctl.flatMap(it -> it.text("cacert")).or(() -> cafile);
    Optional<String> cert =
        ctl.flatMap(it -> it.text("certfile")).or(() -> clientCertificate(asked));
    boolean insecure =
        ctl.flatMap(it -> it.text("insecure")).filter(it -> it.matches("true|on|yes")).isPresent();
    cluster.rest(
        new RestTls(
            true,
            true,
            ca.isEmpty() && insecure ? "none" : "full",
            ca,
            cert,
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

  /** Where one is required, Patroni tells nothing to somebody who has none. */
  private Optional<String> clientCertificate(YamlTree asked) {
    if (asked.text("verify_client").filter("required"::equals).isEmpty()) {
      return Optional.empty();
    }
    remarks.missing(
        asked.at("verify_client").orElseThrow(),
        "verify_client required: write patroni.cert and patroni.key, a certificate for this node");
    return Optional.of(ConfigLoader.CHANGE_ME);
  }

  private void postgres() {
    Optional<YamlTree> postgresql = file.section("postgresql");
    postgresql.flatMap(it -> it.text("connect_address")).ifPresent(cluster::postgres);
    postgresql.flatMap(it -> it.text("proxy_address")).ifPresent(cluster::pooler);
  }

  /** Of the sections that are read; what else there is is Patroni's own business. */
  private void tellLeft() {
    file.tellLeft(
        key ->
            Optional.of(Note.noEffect(Text.shown(key)))
                .filter(note -> READ.contains(key) || OTHER_STORES.contains(key)),
        remarks);
    for (String section : List.of("etcd3", "etcd", "ctl")) {
      tellLeft(section, key -> Note.noEffect(section + "." + Text.shown(key)));
    }
    tellLeft(
        "restapi", key -> RESTAPI.of(key, key).orElse(Note.noEffect("restapi." + Text.shown(key))));
  }

  private void tellLeft(String section, Function<String, Note> note) {
    if (file.isTaken(section)) {
      file.section(section)
          .ifPresent(it -> it.tellLeft(key -> Optional.of(note.apply(key)), remarks));
    }
  }
}
