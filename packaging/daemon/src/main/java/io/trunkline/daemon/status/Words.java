package io.trunkline.daemon.status;

import java.util.Locale;

/** Constants as the log, the metrics and the report write them. */
public final class Words {
  private Words() {}

  /** {@code MASTER_SILENT} is {@code master_silent}. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
