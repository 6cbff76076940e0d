package io.ostraka.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.ostraka.card.Card;
import io.ostraka.catalog.RunSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something of a run's card by which runs are grouped.
 *
 * @param text as requests name it: {@code run.group}, {@code run.name}, {@code run.state}, {@code
 *     run.job_type}, {@code tag}, or {@code config.} and a key
 */
public record RunField(String text) {
  private static final String CONFIG = "config.";
  private static final List<String> OTHERS =
      List.of("run.group", "run.name", "run.state", "run.job_type", "tag");

  /** Checks the name. */
  public RunField {
    boolean isConfig = text.startsWith(CONFIG) && text.length() > CONFIG.length();
    if (!isConfig && !OTHERS.contains(text)) {
      throw new IllegalArgumentException(
          "group = \"" + text + "\" is not " + String.join(", ", OTHERS) + " or config.<key>");
    }
  }

  /**
   * The value of a run, or null if it has none. Of tags all of them, sorted: runs with the same
   * tags are a group. A key of the configuration may lead into it by dots.
   */
  @Nullable String of(RunSnapshot run) {
    Card card = run.card();
    return switch (text) {
      case "run.group" -> card.group().orElse(null);
      case "run.name" -> card.name().orElse(null);
      case "run.state" -> run.state().text();
      case "run.job_type" -> card.jobType().orElse(null);
      case "tag" -> {
        List<String> tags = card.tags().stream().sorted().distinct().toList();
        yield tags.isEmpty() ? null : String.join(", ", tags);
      }
      default -> config(card.config(), text.substring(CONFIG.length()));
    };
  }

  private static @Nullable String config(JsonNode config, String key) {
    JsonNode found = config.get(key);
    int dot = key.indexOf('.');
    JsonNode inner = found == null && dot > 0 ? config.get(key.substring(0, dot)) : null;
    if (inner != null) {
      return config(inner, key.substring(dot + 1));
    }
    if (found == null || found.isNull()) {
      return null;
    }
    return found.isValueNode() ? found.asText() : found.toString();
  }
}
