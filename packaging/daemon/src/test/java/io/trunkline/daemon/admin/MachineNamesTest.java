package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineNamesTest {
  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theHostName() throws IOException {
    write("proc/sys/kernel/hostname", "proxy-01\n");
    assertThat(MachineNames.read(root)).containsExactly("proxy-01");
    write("proc/sys/kernel/hostname", "proxy-01.example.org\n");
    assertThat(MachineNames.read(root)).containsExactly("proxy-01", "proxy-01.example.org");
  }

  @Test
  void whatIsBesideItInHosts() throws IOException {
    write("proc/sys/kernel/hostname", "proxy-01\n");
    write(
        "etc/hosts",
        """
        127.0.0.1 localhost
        # 127.0.1.1 old.example.org proxy-01
        127.0.1.1\tproxy-01.example.org Proxy-01 # gr\u00fcn
        10.0.0.9  elsewhere.example.org proxy-011
        10.0.0.5 mgmt.example.org proxy-01.example.com proxy-01

        10.0.0.6
        """);
    assertThat(MachineNames.read(root))
        .containsExactlyInAnyOrder(
            "proxy-01", "proxy-01.example.org", "mgmt.example.org", "proxy-01.example.com");
  }

  @Test
  void inTheSearchDomains() throws IOException {
    write("proc/sys/kernel/hostname", "proxy-01.example.net\n");
    write(
        "etc/resolv.conf",
        """
        ; written by hand
        domain ignored.example.org
        nameserver 10.0.0.1
        search example.org lab.example.org # two
        options edns0
        """);
    assertThat(MachineNames.read(root))
        .containsExactlyInAnyOrder(
            "proxy-01", "proxy-01.example.net", "proxy-01.example.org", "proxy-01.lab.example.org");
  }

  @Test
  void nothingIsKnown() {
    assertThat(MachineNames.read(root)).isEmpty();
  }
}
