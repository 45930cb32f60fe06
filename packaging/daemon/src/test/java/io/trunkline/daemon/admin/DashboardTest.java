package io.trunkline.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DashboardTest {
  @TempDir Path directory;
  private RunningAdmin admin;

  @BeforeEach
  void start() throws IOException {
    admin = new RunningAdmin(directory, AdminService.Limits.DEFAULT);
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  private String get(String path, String... headers) throws IOException {
    return admin.send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + String.join("", headers)
            + "\r\n");
  }

  private String page(String path) throws IOException {
    return get(path, "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n");
  }

  @Test
  void browsersGetThePage() throws IOException {
    assertThat(page("/"))
        .startsWith("HTTP/1.1 200")
        .contains("content-type: text/html; charset=utf-8", "<!doctype html>", "vary: accept");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Accept: */*\r\n", "Accept: text/plain\r\n"})
  void everybodyElseGetsTheListOfPages(String accept) throws IOException {
    assertThat(get("/", accept))
        .contains("content-type: text/plain", "/metrics", "/api/v1/stream", "vary: accept")
        .doesNotContain("<html");
  }

  @ParameterizedTest
  @CsvSource({"/, text/html", "/dashboard.css, text/css", "/dashboard.js, text/javascript"})
  void nothingIsLoadedFromOrSentToAnywhereElse(String path, String type) throws IOException {
    String answer = page(path);
    assertThat(answer)
        .contains("content-type: " + type, "content-security-policy: " + Asset.POLICY)
        .contains("x-content-type-options: nosniff", "referrer-policy: no-referrer");
    String body = answer.substring(answer.indexOf("\r\n\r\n"));
    assertThat(body.replace("http://www.w3.org/2000/svg", "")).doesNotContain("//www", "://");
    assertThat(body).as("names from etcd are never HTML").doesNotContain("innerHTML", "outerHTML");
    assertThat(body).doesNotContain("insertAdjacentHTML", "document.write", "eval(");
  }

  @Test
  void thePolicyAllowsNothingInline() throws IOException {
    assertThat(Asset.POLICY).contains("default-src 'none'").doesNotContain("unsafe", "*");
    assertThat(page("/")).doesNotContain("<style", " style=", "<script>", " onload=", " onclick=");
  }

  @Test
  void aBrowserThatHasItIsToldSo() throws IOException {
    for (String path : new String[] {"/", "/dashboard.css", "/dashboard.js"}) {
      Matcher tag = Pattern.compile("etag: (\"\\w+\")").matcher(page(path));
      assertThat(tag.find()).isTrue();
      assertThat(page(path)).contains("cache-control: no-cache");
      String had = get(path, "Accept: text/html\r\n", "If-None-Match: " + tag.group(1) + "\r\n");
      assertThat(had)
          .startsWith("HTTP/1.1 304")
          .endsWith("\r\n\r\n")
          .contains("etag: " + tag.group(1))
          .doesNotContain("content-length");
      assertThat(get(path, "Accept: text/html\r\n", "If-None-Match: \"old\"\r\n"))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void allOfItIsSmall() throws IOException {
    int bytes =
        page("/").length() + page("/dashboard.css").length() + page("/dashboard.js").length();
    assertThat(bytes).isLessThan(60_000);
  }
}
