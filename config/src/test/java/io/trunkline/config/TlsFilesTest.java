package io.trunkline.config;

import static io.trunkline.config.Loading.cluster;
import static io.trunkline.config.Loading.problems;
import static io.trunkline.config.Loading.valid;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsFilesTest {

  @ParameterizedTest
  @CsvSource({
    "rsa.crt, rsa.key",
    "rsa.crt, rsa-pkcs1.key",
    "ec.crt, ec.key",
    "ec.crt, ec-sec1.key",
    "ed25519.crt, ed25519.key",
    "both.pem, both.pem",
  })
  void pairs_that_fit(String cert, String key) {
    PatroniConfig patroni =
        valid(patroni("cert: pem/" + cert + ", key: pem/" + key)).cluster("a").patroni();

    assertThat(patroni.tls().cert()).contains(Loading.pem(cert));
    assertThat(patroni.tls().key()).contains(Loading.pem(key));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rsa.crt|ec.key|key|pem/ec.key does not belong to the certificate;"
            + " use the key it was issued for",
        "ec.crt|ed25519.key|key|pem/ed25519.key does not belong to the certificate;"
            + " use the key it was issued for",
        "expired.crt|ec.key|cert|pem/expired.crt expired on 2021-02-01 12:34 UTC; renew it",
        "future.crt|ec.key|cert|pem/future.crt is not valid before 2100-01-01 00:00 UTC;"
            + " check the clock",
        "none.crt|ec.key|cert|pem/none.crt does not exist",
        "ec.crt|none.key|key|pem/none.key does not exist",
        "not-pem.txt|ec.key|cert|pem/not-pem.txt is not a PEM file (-----BEGIN …-----)",
        "cut.crt|ec.key|cert|pem/cut.crt is cut off: a CERTIFICATE block has no end",
        "damaged.crt|ec.key|cert|pem/damaged.crt holds a damaged certificate",
        "ec.key|ec.key|cert|pem/ec.key holds no certificate (-----BEGIN CERTIFICATE-----)",
        "ec.crt|ec.crt|key|pem/ec.crt holds no private key (-----BEGIN PRIVATE KEY-----)",
        "ec.crt|encrypted.key|key|pem/encrypted.key is encrypted with a passphrase;"
            + " decrypt it with openssl pkey",
        "ec.crt|encrypted-sec1.key|key|pem/encrypted-sec1.key is encrypted with a passphrase;"
            + " decrypt it with openssl pkey",
        "ec.crt|.|key|pem is a directory; name a PEM file",
      })
  void pairs_that_do_not(String cert, String key, String field, String message) {
    List<String> problems = problems(patroni("cert: pem/" + cert + ", key: pem/" + key));

    int column = field.equals("cert") ? 33 : 44 + cert.length();
    assertThat(problems)
        .containsExactly("3:" + column + ": clusters[0].patroni." + field + ": " + message);
  }

  @Test
  void half_a_pair() {
    assertThat(problems(patroni("cert: pem/ec.crt")))
        .containsExactly(
            "3:33: clusters[0].patroni.cert: pem/ec.crt holds no private key besides the"
                + " certificate; write key: PATH");
    assertThat(problems(patroni("key: pem/ec.key")))
        .containsExactly(
            "3:32: clusters[0].patroni.key: needs the certificate that it belongs to;"
                + " write cert: PATH");
    assertThat(valid(patroni("cert: pem/both.pem")).cluster("a").patroni().tls().cert())
        .contains(Loading.pem("both.pem"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none.crt|pem/none.crt does not exist",
        "not-pem.txt|pem/not-pem.txt is not a PEM file (-----BEGIN …-----)",
        "expired-ca.crt|pem/expired-ca.crt expired on 2021-02-01 12:34 UTC; renew it",
      })
  void authorities(String file, String message) {
    assertThat(problems(patroni("cacert: pem/" + file)))
        .containsExactly("3:35: clusters[0].patroni.cacert: " + message);
  }

  private static String patroni(String keys) {
    return cluster("scope: a\npatroni: {hosts: [x], " + keys + "}");
  }
}
