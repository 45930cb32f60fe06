package io.trunkline.config;

/** Reads {@code auth} of a cluster. */
final class AuthReader {
  static final Section<AuthConfig> KEYS = new Section<>("clusters[].auth");
  static final Key<String> USER =
      KEYS.key("user", Type.TEXT, AuthConfig::user)
          .required("ROLE")
          .means(
              "The PostgreSQL role that runs `query`, as PgBouncer's `auth_user`. It needs LOGIN, a"
                  + " password, and EXECUTE on the function of `query`; nothing else.");
  static final Key<Secret> PASSWORD =
      KEYS.secret("password", AuthConfig::password).without("required").means("Its password.");
  static final Key<String> DATABASE =
      KEYS.key("database", Type.TEXT.or("postgres"), AuthConfig::database)
          .means("The database to run `query` in.");
  static final Key<String> QUERY =
      KEYS.key(
              "query",
              Type.TEXT.or("SELECT rolname, rolpassword FROM trunkline.get_auth($1)"),
              AuthConfig::query)
          .means(
              "Finds the password of a role, as PgBouncer's `auth_query`: `$1` is the role's name;"
                  + " the answer is one row with the name and `rolpassword`, or no row.");
  static final Key<Boolean> INSECURE =
      KEYS.key("insecure", Type.flag(false), AuthConfig::insecure)
          .means(
              "`true`: also ask members over connections that are neither to a loopback address nor"
                  + " verified by TLS (`backend_tls` of the listener: `verify_ca` or"
                  + " `verify_full`). Whoever can read such a connection can log in as the clients"
                  + " from then on.");

  private AuthReader() {}

  static AuthConfig read(MappingReader in) {
    Secret password = in.password(PASSWORD);
    return new AuthConfig(
        in.find(USER).orElse(""), password, in.get(DATABASE), in.get(QUERY), in.get(INSECURE));
  }
}
