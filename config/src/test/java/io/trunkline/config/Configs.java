package io.trunkline.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Configurations for the tests of every module: read from text, as by the daemon, so that a new key
 * changes none of them; and changed where a text cannot say it.
 */
public final class Configs {
  private static final String CLUSTER = "scope: main, etcd: {hosts: [127.0.0.1:1]}";

  private Configs() {}

  /** What the file says, on a machine that has the interfaces lo and eth0. */
  public static TrunklineConfig read(String file) {
    ConfigResult result =
        new ConfigLoader(Map.of(), Set.of("lo", "eth0")).load(Path.of("trunkline.yaml"), file);
    return switch (result) {
      case ConfigResult.Valid(TrunklineConfig config) -> config;
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  /** The cluster {@code main} in an etcd, with those keys besides: {@code "hold_limit: 5"}. */
  public static ClusterConfig cluster(String... keys) {
    return read("clusters: [{" + CLUSTER + more(keys) + "}]").clusters().getFirst();
  }

  public static EtcdConfig etcd(List<HostPort> hosts) {
    return change(cluster().etcd().orElseThrow()).with(EtcdConfig::hosts, hosts).record();
  }

  public static SentinelConfig sentinel(String... keys) {
    return cluster("sentinel: {" + String.join(", ", keys) + "}").sentinel().orElseThrow();
  }

  /** A listener of the cluster {@code main} on a free port of 127.0.0.1. */
  public static ListenerConfig listener(String... keys) {
    String listener = "{name: listener, bind: '127.0.0.1:0'" + more(keys) + "}";
    return read(file("listeners", listener)).listeners().getFirst();
  }

  /** Those, and otherwise the defaults. */
  public static LimitsConfig limits(int all, int perBackend, int perAddress) {
    return change(listener("route: any").limits())
        .with(LimitsConfig::maxConnections, all)
        .with(LimitsConfig::maxConnectionsPerBackend, perBackend)
        .with(LimitsConfig::maxConnectionsPerAddress, perAddress)
        .record();
  }

  /** The VIP {@code main} on eth0. */
  public static VipConfig vip(String... keys) {
    return read(file("vips", "{name: main, interface: eth0" + more(keys) + "}")).vips().getFirst();
  }

  /** A copy of that file of {@code pem/} in a directory, for a configuration to name. */
  public static Path pem(String name, Path directory) throws IOException {
    Path copy = directory.resolve(name);
    try (InputStream in = Configs.class.getResourceAsStream("pem/" + name)) {
      Files.copy(Objects.requireNonNull(in), copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  private static String file(String key, String item) {
    return "clusters: [{" + CLUSTER + "}]\n" + key + ": [" + item + "]\n";
  }

  private static String more(String... keys) {
    return keys.length == 0 ? "" : ", " + String.join(", ", keys);
  }

  /** {@code change(listener).with(ListenerConfig::limits, limits).record()}. */
  public static <R extends Record> Change<R> change(R record) {
    return new Change<>(record);
  }

  /** A record of which some components are other ones. */
  public record Change<R extends Record>(R record) {

    /** The same with that component. */
    @SuppressWarnings("unchecked")
    public <T> Change<R> with(Component<R, T> component, T value) {
      Shape shape = SHAPES.get(record.getClass());
      String name = NAMES.computeIfAbsent(component.getClass(), _ -> name(component));
      try {
        Object[] values = new Object[shape.accessors().size()];
        for (int i = 0; i < values.length; i++) {
          Method accessor = shape.accessors().get(i);
          values[i] = accessor.getName().equals(name) ? value : accessor.invoke(record);
        }
        return new Change<>((R) shape.constructor().newInstance(values));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }
  }

  /** How a record is taken apart and made. Looked up once: tests with random views make many. */
  private record Shape(List<Method> accessors, Constructor<?> constructor) {}

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          RecordComponent[] all = type.getRecordComponents();
          try {
            return new Shape(
                Arrays.stream(all).map(RecordComponent::getAccessor).toList(),
                type.getConstructor(
                    Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new)));
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
          }
        }
      };

  private static final Map<Class<?>, String> NAMES = new ConcurrentHashMap<>();

  private static String name(Component<?, ?> component) {
    try {
      Method form = component.getClass().getDeclaredMethod("writeReplace");
      form.setAccessible(true);
      return ((SerializedLambda) form.invoke(component)).getImplMethodName();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** An accessor of a record, as a method reference. */
  public interface Component<R, T> extends Function<R, T>, Serializable {}
}
