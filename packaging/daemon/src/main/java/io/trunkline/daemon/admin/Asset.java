package io.trunkline.daemon.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * A file of the dashboard. A browser asks each time whether it has changed, so that it never shows
 * the page of another version, and is told so by the entity tag.
 *
 * @param type of the body
 * @param tag the entity tag, of the content
 */
record Asset(String type, String text, String tag) {
  /** Only this endpoint may be loaded from or talked to, and nothing may frame the page. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  static Asset of(String name, String type) {
    try (InputStream file =
        Objects.requireNonNull(Asset.class.getResourceAsStream("dashboard/" + name), name)) {
      byte[] content = file.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new Asset(
          type + "; charset=utf-8",
          new String(content, StandardCharsets.UTF_8),
          '"' + HexFormat.of().formatHex(digest, 0, 12) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  AdminResponse answer(AdminRequest request) {
    boolean known =
        request.header(HttpHeaderNames.IF_NONE_MATCH).filter(had -> had.contains(tag)).isPresent();
    return new AdminResponse(
            known ? 304 : 200, type, new AdminResponse.Text(known ? "" : text), Map.of())
        .with("etag", tag)
        .with("cache-control", "no-cache")
        .with("content-security-policy", POLICY)
        .with("referrer-policy", "no-referrer");
  }
}
