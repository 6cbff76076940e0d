package io.ostraka.query.filter;

import org.jspecify.annotations.Nullable;

/** What has fields: a run. */
public interface Subject {
  /** The value of a field, null if there is none. */
  @Nullable Value value(Field field);
}
