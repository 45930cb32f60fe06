package io.trunkline.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Cidr;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.168.1.128/25, 192.168.1.127, false",
    "192.168.1.128/25, 192.168.1.200, true",
    "0.0.0.0/0, 255.1.2.3, true",
    "1.2.3.4/32, 1.2.3.5, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "2001:db8::/33, 1.2.3.4, false"
  })
  void aNetworkContainsItsAddresses(String network, String address, boolean contained)
      throws Exception {
    String[] parts = network.split("/", -1);
    Cidr cidr = new Cidr(InetAddress.getByName(parts[0]), Integer.parseInt(parts[1]));
    assertThat(cidr.contains(InetAddress.getByName(address))).isEqualTo(contained);
  }
}
