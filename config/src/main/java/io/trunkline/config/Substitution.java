package io.trunkline.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * <code>${NAME}</code> and <code>${NAME:-default}</code> in values; <code>$${</code> is a literal
 * <code>${</code>.
 *
 * <p>What comes from the environment is taken as it is: neither substituted again nor read as YAML.
 */
final class Substitution {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> environment;

  Substitution(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * @param secret whether messages must not repeat any part of the text, except where it is nothing
   *     but a reference
   * @param problem told of each thing wrong
   */
  Optional<String> apply(String text, boolean secret, Consumer<String> problem) {
    StringBuilder result = new StringBuilder();
    boolean complete = true;
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        result.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        int end = text.indexOf('}', at);
        if (end < 0) {
          problem.accept("has ${ without a closing }; a literal ${ is written $${");
          return Optional.empty();
        }
        boolean hidden = secret && (at > 0 || end < text.length() - 1);
        Optional<String> value = resolve(text.substring(at + 2, end), hidden, problem);
        complete &= value.isPresent();
        value.ifPresent(result::append);
        at = end + 1;
      } else {
        result.append(text.charAt(at));
        at++;
      }
    }
    return complete ? Optional.of(result.toString()) : Optional.empty();
  }

  /** The text that {@link #apply} turns into this one. */
  static String escape(String text) {
    return text.replace("${", "$${");
  }

  private Optional<String> resolve(String reference, boolean hidden, Consumer<String> problem) {
    int colon = reference.indexOf(":-");
    String name = colon < 0 ? reference : reference.substring(0, colon);
    if (!NAME.matcher(name).matches()) {
      problem.accept(
          (hidden ? "what stands in ${…}" : Shown.of(name))
              + " is not the name of an environment variable; a literal ${ is written $${");
      return Optional.empty();
    }
    Optional<String> value = Optional.ofNullable(environment.get(name));
    if (colon >= 0 && value.orElse("").isEmpty()) {
      return Optional.of(reference.substring(colon + 2));
    }
    if (value.isEmpty()) {
      problem.accept(
          "environment variable "
              + (hidden ? "in ${…}" : name)
              + " is not defined; define it, give a default as in ${NAME:-default},"
              + " or write $${ for a literal ${");
    }
    return value;
  }
}
