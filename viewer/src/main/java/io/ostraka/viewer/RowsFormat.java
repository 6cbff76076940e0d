package io.ostraka.viewer;

/** How rows are written in an answer. */
enum RowsFormat {
  /** An array of them. */
  JSON,
  /** A stream of Apache Arrow's. */
  ARROW;

  static RowsFormat of(Parameters parameters) throws Refusal {
    return parameters.choice("format", JSON);
  }
}
