package io.trunkline.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class PlotsTest {
  private final Map<String, String> svgs =
      new Plots(
              Scripted.results(
                  "aaa",
                  new Scripted()
                      .with(Way.HAPROXY, Figure.THROUGHPUT, 100)
                      .with(Way.TRUNKLINE, Figure.THROUGHPUT, 125)
                      .row("ping-16"),
                  new Scripted()
                      .with(Way.HAPROXY, Figure.RESIDENT, 18)
                      .with(Way.TRUNKLINE, Figure.RESIDENT, 120)
                      .row("idle-100"),
                  new Scripted()
                      .with(Way.HAPROXY, Figure.RESIDENT, 47)
                      .with(Way.TRUNKLINE, Figure.RESIDENT, 180)
                      .row("idle-most")))
          .svgs();

  @Test
  void eachPictureIsWellFormedAndNamesWhatItShows() throws Exception {
    assertThat(svgs.keySet()).contains("performance-throughput", "performance-memory");
    for (String svg : svgs.values()) {
      Document document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(svg)));
      assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    }
    assertThat(svgs.get("performance-throughput")).contains("the load ping-16").contains("1.25");
    assertThat(svgs.get("performance-memory")).contains("Trunkline").contains("HAProxy");
  }
}
