package io.trunkline.packaging.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;

/** Reports as JSON and back, with snake_case names. */
public final class StatusJson {
  private final ObjectMapper mapper =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** On one line. */
  public String write(Object report) {
    try {
      return mapper.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Who is connected; keys of newer daemons are ignored. */
  public SessionsReport readSessions(String text) throws JsonProcessingException {
    return mapper.readValue(text, SessionsReport.class);
  }

  /** What a request to drain or to undrain was answered. */
  public DrainAnswer readDrain(String text) throws JsonProcessingException {
    return mapper.readValue(text, DrainAnswer.class);
  }

  /** What a reload came to. */
  public ReloadAnswer readReload(String text) throws JsonProcessingException {
    return mapper.readValue(text, ReloadAnswer.class);
  }

  /** What a request to upgrade came to. */
  public UpgradeAnswer readUpgrade(String text) throws JsonProcessingException {
    return mapper.readValue(text, UpgradeAnswer.class);
  }

  /** What has happened; keys of newer daemons are ignored. */
  public EventsReport readEvents(String text) throws JsonProcessingException {
    return mapper.readValue(text, EventsReport.class);
  }

  /** A status report; keys of newer daemons are ignored. */
  public StatusReport read(String text) throws JsonProcessingException {
    return mapper.readValue(text, StatusReport.class);
  }
}
