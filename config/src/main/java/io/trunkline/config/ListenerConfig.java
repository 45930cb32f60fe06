package io.trunkline.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One listening socket and where its sessions go.
 *
 * @param name unique
 * @param bind the address to listen on
 * @param cluster the name of the cluster; default: the only one
 * @param route which members its sessions may go to
 * @param fallback which other members, when {@code route} has none
 * @param balance default least_connections
 * @param maxLag a replica that lags by more bytes gets no new sessions; default 16 MB for replica
 *     routes of the default listeners, unlimited otherwise
 * @param weights relative weight by member name, 1 to 256; default 100 each
 * @param slowStart how long a returned replica takes to reach its full weight; default 10 s, 0 is
 *     off
 * @param limits numbers of connections
 * @param startupTimeout how long a client may take to send its whole startup packet; default 10 s
 * @param connectTimeout how long one attempt to reach a backend may take; default 2 s
 * @param tcp dead peer detection, on both sides
 * @param tls what is done with the client's TLS
 * @param backendTls the TLS opened to the backend when the client's is terminated
 * @param allow client networks (CIDR) that may connect; empty: all
 * @param deny client networks that may not; checked before {@code allow}
 * @param rules asked in order after {@code deny} and {@code allow}; the first that is about a
 *     client decides, and none at all allows
 * @param proxyProtocolFrom networks whose connections begin with a PROXY protocol header; empty:
 *     none
 * @param applicationNameAddHost whether the client's address is added to application_name
 * @param followMessages whether the messages of sessions whose bytes are visible are followed;
 *     default true
 * @param target which address of a member is connected to; default postgres
 */
public record ListenerConfig(
    String name,
    HostPort bind,
    String cluster,
    RouteKind route,
    Optional<RouteKind> fallback,
    Balance balance,
    OptionalLong maxLag,
    Map<String, Integer> weights,
    Duration slowStart,
    LimitsConfig limits,
    Duration startupTimeout,
    Duration connectTimeout,
    TcpConfig tcp,
    TlsConfig tls,
    PostgresTls backendTls,
    List<Cidr> allow,
    List<Cidr> deny,
    List<RuleConfig> rules,
    List<Cidr> proxyProtocolFrom,
    boolean applicationNameAddHost,
    boolean followMessages,
    DialTarget target) {
  public ListenerConfig {
    weights = Map.copyOf(weights);
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    rules = List.copyOf(rules);
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
  }
}
