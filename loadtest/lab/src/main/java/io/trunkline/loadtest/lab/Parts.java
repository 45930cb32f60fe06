package io.trunkline.loadtest.lab;

import com.github.dockerjava.api.model.Bind;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** What a lab is made of: the image, the network, the directories, the certificates, the nodes. */
final class Parts {
  private static final int ETCD_NODES = 3;
  private static final Duration SUPERUSER_LIMIT = Duration.ofSeconds(3);

  private final LabOptions options;
  private final String image;
  private final HostDirectory host;
  private final Subnet subnet;
  private final ClusterLayout layout;
  private final @Nullable Certificates certificates;
  private final Http http;

  private Parts(LabOptions options, String image, HostDirectory host, Subnet subnet) {
    this.options = options;
    this.image = image;
    this.host = host;
    this.subnet = subnet;
    this.layout =
        new ClusterLayout(
            options.tls(),
            IntStream.rangeClosed(1, ETCD_NODES)
                .mapToObj(n -> new ClusterLayout.EtcdHost(memberName(n), subnet.member(n)))
                .toList(),
            IntStream.rangeClosed(1, options.proxies().size())
                .filter(n -> options.proxies().get(n - 1) == ProxyKind.TRUNKLINE)
                .mapToObj(subnet::proxy)
                .toList());
    if (options.tls()) {
      this.certificates = new Certificates(host.path().resolve("ca"));
      Path client = host.path().resolve("client");
      certificates.issue(client, "client", subnet.gateway());
      this.http = Http.encrypted(client);
    } else {
      this.certificates = null;
      this.http = Http.plain();
    }
  }

  static Parts prepare(LabOptions options) {
    if (!Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))) {
      throw new LabException("TESTCONTAINERS_RYUK_DISABLED=true must be in the environment");
    }
    String image = Project.image(options.stack());
    new Sweep(DockerClientFactory.instance().client()).run();
    String id = HexFormat.of().toHexDigits(new Random().nextInt());
    return new Parts(options, image, HostDirectory.create(id), Subnet.create());
  }

  static String memberName(int number) {
    return "db-" + number;
  }

  ClusterLayout layout() {
    return layout;
  }

  Http http() {
    return http;
  }

  Optional<Path> caCertificate() {
    return Optional.ofNullable(certificates).map(Certificates::caCertificate);
  }

  ServiceHost serviceHost(int spare) {
    return ServiceHost.boot(subnet, subnet.spare(spare));
  }

  String spareAddress(int number) {
    return subnet.spare(number);
  }

  Peer client() {
    return new Client(subnet.gateway());
  }

  private record Client(String address) implements Peer {
    @Override
    public String name() {
      return "client";
    }
  }

  /** A database node, not started yet. */
  Member member(int number) {
    String name = memberName(number);
    String address = subnet.member(number);
    boolean etcd = number <= ETCD_NODES;
    Path directory = directory(name, address);
    List<Bind> mounts = mounts(directory);
    mounts.add(Machine.readOnly(Project.beforeStop(), PatroniFile.BEFORE_STOP));
    Machine machine = machine(name, address, mounts);
    Member member =
        new Member(
            name,
            address,
            directory,
            machine,
            http,
            layout,
            etcd,
            PatroniFile.render(layout, options, name, address),
            superuser(address));
    if (etcd) {
      member.write("etc/etcd.yml", EtcdFile.render(layout, name, address));
    }
    member.write("etc/services", etcd ? "etcd\npatroni\n" : "patroni\n");
    return member;
  }

  private Target superuser(String address) {
    return new Target(
            address,
            Member.POSTGRES_PORT,
            "postgres",
            ClusterLayout.SUPERUSER,
            ClusterLayout.SUPERUSER_PASSWORD,
            caCertificate().orElse(null))
        .withTimeouts(SUPERUSER_LIMIT, SUPERUSER_LIMIT, SUPERUSER_LIMIT);
  }

  /** The proxy nodes, not started yet. */
  List<ProxyNode> proxies(List<Member> members) {
    List<ProxyNode> proxies = new ArrayList<>();
    for (ProxyKind kind : options.proxies()) {
      int number = proxies.size() + 1;
      String name = "proxy-" + number;
      String address = subnet.proxy(number);
      Path directory = directory(name, address);
      Machine machine = machine(name, address, mounts(kind, directory));
      ProxyNode proxy = new ProxyNode(name, address, directory, machine, kind);
      proxy.configure(
          switch (kind) {
            case HAPROXY, HAPROXY_TUNED -> HaproxyFile.render(kind, options.tls(), members);
            case TRUNKLINE -> TrunklineFile.render(layout, name, options.trunkline());
          });
      proxy.write("etc/services", kind.daemon().id() + "\n");
      proxies.add(proxy);
    }
    return List.copyOf(proxies);
  }

  /** The machines of clients and observers, not started yet. */
  List<Station> stations() {
    List<Station> stations = new ArrayList<>();
    String stationImage = options.drivers() ? Project.driversImage() : image;
    for (int number = 1; number <= options.stations(); number++) {
      String name = "station-" + number;
      String address = subnet.station(number);
      Path directory = directory(name, address);
      List<Bind> mounts = new ArrayList<>(List.of(Machine.mount(directory, "/lab")));
      mounts.addAll(runtime());
      Project.classes()
          .forEach(
              (module, classes) -> mounts.add(Machine.readOnly(classes, Station.CLASSES + module)));
      mounts.add(Machine.readOnly(Project.programs(), Station.PROGRAMS));
      Machine machine = new Machine(stationImage, name, address, subnet, mounts);
      stations.add(new Station(name, address, directory, machine));
    }
    return List.copyOf(stations);
  }

  /** Copies the configuration and the logs of every node. */
  void saveLogs(Path target) {
    try (Stream<Path> files = Files.walk(host.path(), 3)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path relative = host.path().relativize(file);
        String folder = relative.getName(relative.getNameCount() == 1 ? 0 : 1).toString();
        if (folder.equals("etc") || folder.equals("log")) {
          Path copy = target.resolve(relative.toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void destroy(List<Node> nodes) {
    http.close();
    Parallel.forEach(nodes, node -> node.machine().remove());
    subnet.remove();
    Sweep.deleteTree(host.path());
  }

  private static List<Bind> mounts(ProxyKind kind, Path directory) {
    return switch (kind) {
      case HAPROXY, HAPROXY_TUNED -> List.of(Machine.mount(directory, "/lab"));
      case TRUNKLINE -> mounts(directory);
    };
  }

  /** Of a node that can run Trunkline. */
  private static List<Bind> mounts(Path directory) {
    List<Bind> mounts = new ArrayList<>(runtime());
    mounts.add(Machine.mount(directory, "/lab"));
    mounts.add(Machine.mount(directory.resolve("etc"), "/etc/trunkline"));
    return mounts;
  }

  private static List<Bind> runtime() {
    Path jdk = real(Path.of(System.getProperty("java.home")));
    List<Bind> mounts = new ArrayList<>();
    mounts.add(Machine.readOnly(Project.distribution(), "/opt/trunkline"));
    mounts.add(Machine.readOnly(jdk, "/opt/jdk"));
    // Debian's JDK has its settings in /etc, and links to them.
    Path settings = real(jdk.resolve("conf/net.properties")).getParent();
    if (!settings.startsWith(jdk)) {
      mounts.add(Machine.readOnly(settings, settings.toString()));
    }
    return mounts;
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path directory(String name, String address) {
    Path directory = host.forNode(name);
    if (certificates != null) {
      certificates.issue(directory.resolve("certs"), name, address);
    }
    return directory;
  }

  private Machine machine(String name, String address, List<Bind> mounts) {
    return new Machine(image, name, address, subnet, mounts);
  }
}
