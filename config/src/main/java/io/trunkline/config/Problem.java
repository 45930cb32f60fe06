package io.trunkline.config;

/**
 * One thing wrong with a configuration file.
 *
 * @param file as the user named it
 * @param line from 1; 0 when the problem has no place in the file
 * @param column from 1; 0 when the problem has no place in the file
 * @param field the path of the field, as in {@code clusters[0].etcd.hosts[1]}; may be empty
 * @param message what is wrong and what would be right
 */
public record Problem(String file, int line, int column, String field, String message) {

  /** {@code file:line:column: field: message}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file);
    if (line > 0) {
      text.append(':').append(line).append(':').append(column);
    }
    text.append(": ");
    if (!field.isEmpty()) {
      text.append(field).append(": ");
    }
    return text.append(message).toString();
  }
}
