package io.ostraka.doctor;

/** How bad a finding is. */
public enum Severity {
  /** Something that was logged is lost, hidden, or shown wrong. */
  ERROR("error"),
  /** Nothing is lost or hidden, but somebody should look. */
  WARNING("warning"),
  /** Good to know; nothing to worry about. */
  INFO("info");

  private final String text;

  Severity(String text) {
    this.text = text;
  }

  /** The word in lower case. */
  public String text() {
    return text;
  }
}
