package io.trunkline.daemon.status;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;

/** Reports as JSON and back, with snake_case names. */
public final class StatusJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));

  private StatusJson() {}

  /** On one line. */
  public static String write(Object report) {
    try {
      return MAPPER.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An answer of the daemon, or of another process of it; keys of newer versions are ignored.
   *
   * @throws JsonProcessingException if it is none; null is none, and is no element of a list
   */
  public static <T> T read(String text, Class<T> type) throws JsonProcessingException {
    T read = MAPPER.readValue(text, type);
    if (read == null) {
      throw MismatchedInputException.from((JsonParser) null, type, "null instead of an answer");
    }
    return read;
  }
}
