package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every form that openssl writes. */
class PrivateKeysTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "genrsa -traditional -out k 2048, RSA",
    "genrsa -out k 2048, RSA",
    "ecparam -genkey -name prime256v1 -out k, EC",
    "ecparam -genkey -noout -name secp384r1 -out k, EC",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out k, EC",
    "genpkey -algorithm ed25519 -out k, EdDSA"
  })
  void readsIt(String command, String algorithm) throws Exception {
    Certs.openssl(directory, command);
    assertThat(PrivateKeys.read(directory.resolve("k")).getAlgorithm()).isEqualTo(algorithm);
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    Path file = directory.resolve("k");
    Certs.openssl(
        directory,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:x -out k");
    assertThatThrownBy(() -> PrivateKeys.read(file)).hasMessageContaining("passphrase");
    Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> PrivateKeys.read(file)).isInstanceOf(GeneralSecurityException.class);
    Files.writeString(file, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    assertThatThrownBy(() -> PrivateKeys.read(file)).hasMessageContaining("curve");
    Files.writeString(file, "nothing");
    assertThatThrownBy(() -> PrivateKeys.read(file)).hasMessageContaining("no private key");
  }
}
