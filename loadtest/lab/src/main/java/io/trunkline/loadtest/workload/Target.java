package io.trunkline.loadtest.workload;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a client connects, and how. The time limits are generous by default, so that what is
 * measured is when the proxy acts and not when the client gives up.
 *
 * @param caCertificate the CA to verify the server's certificate against; null for no TLS
 * @param connectTimeout for the TCP connection
 * @param loginTimeout for the connection, TLS and authentication together
 * @param socketTimeout for each answer
 */
public record Target(
    String host,
    int port,
    String database,
    String user,
    String password,
    @Nullable Path caCertificate,
    Duration connectTimeout,
    Duration loginTimeout,
    Duration socketTimeout) {

  private static final Duration GENEROUS = Duration.ofSeconds(30);

  public Target(
      String host,
      int port,
      String database,
      String user,
      String password,
      @Nullable Path caCertificate) {
    this(host, port, database, user, password, caCertificate, GENEROUS, GENEROUS, GENEROUS);
  }

  public Target withTimeouts(Duration connect, Duration login, Duration socket) {
    return new Target(host, port, database, user, password, caCertificate, connect, login, socket);
  }

  /** With TLS if that is a CA's certificate, without if it is null. */
  public Target withCaCertificate(@Nullable Path certificate) {
    return new Target(
        host,
        port,
        database,
        user,
        password,
        certificate,
        connectTimeout,
        loginTimeout,
        socketTimeout);
  }

  public Target at(String newHost, int newPort) {
    return new Target(
        newHost,
        newPort,
        database,
        user,
        password,
        caCertificate,
        connectTimeout,
        loginTimeout,
        socketTimeout);
  }

  /** Opens a connection with pgjdbc. */
  public Connection connect() throws SQLException {
    return connect(new Properties());
  }

  /** Opens a connection with further pgjdbc properties. */
  public Connection connect(Properties more) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", seconds(connectTimeout));
    properties.setProperty("loginTimeout", seconds(loginTimeout));
    properties.setProperty("socketTimeout", seconds(socketTimeout));
    properties.setProperty("sslmode", caCertificate == null ? "disable" : "verify-ca");
    if (caCertificate != null) {
      properties.setProperty("sslrootcert", caCertificate.toString());
    }
    properties.putAll(more);
    String url = "jdbc:postgresql://" + host + ":" + port + "/" + database;
    return DriverManager.getConnection(url, properties);
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.toSeconds()));
  }

  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
