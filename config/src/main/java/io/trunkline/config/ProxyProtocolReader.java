package io.trunkline.config;

import java.util.List;

/** Reads {@code proxy_protocol}. */
final class ProxyProtocolReader {
  static final Section<List<Cidr>> KEYS = new Section<>("listeners[].proxy_protocol");
  static final Key<List<Cidr>> FROM =
      KEYS.key("from", Type.NETWORKS, from -> from)
          .without("required")
          .means(
              "Whose connections begin with a PROXY protocol header, version 1 or 2. From all"
                  + " others it is not accepted.");

  private ProxyProtocolReader() {}

  static List<Cidr> read(MappingReader in) {
    if (!in.has(FROM)) {
      in.problem("needs the networks that may send the header; write from: [10.0.0.0/8]");
    }
    return in.get(FROM);
  }
}
