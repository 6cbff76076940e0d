package io.ostraka.doctor;

import java.util.Comparator;
import java.util.Optional;

/**
 * Something that was found.
 *
 * @param check what it is
 * @param key the object, or the prefix with a slash at its end
 * @param detail what was found in this case, on one line
 * @param remedy what {@code --repair} would do about it, if anything
 */
public record Finding(Check check, String key, String detail, Optional<Remedy> remedy)
    implements Comparable<Finding> {
  private static final Comparator<Finding> ORDER =
      Comparator.comparing((Finding finding) -> finding.check().severity())
          .thenComparing(Finding::check)
          .thenComparing(Finding::key)
          .thenComparing(Finding::detail);

  Finding(Check check, String key, String detail) {
    this(check, key, detail, Optional.empty());
  }

  Finding(Check check, String key, String detail, Remedy remedy) {
    this(check, key, detail, Optional.of(remedy));
  }

  /** The worst first, then alike ones together, by key. */
  @Override
  public int compareTo(Finding other) {
    return ORDER.compare(this, other);
  }
}
