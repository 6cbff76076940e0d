package io.ostraka.store;

import java.io.IOException;

/**
 * A store does not answer, or can answer nothing: what else is asked of it now would fail as well.
 * It is safe to try again.
 */
public final class UnreachableException extends IOException {
  private static final long serialVersionUID = 1;

  private final String reason;

  /**
   * A failure.
   *
   * @param doing what failed, as the begin of the message
   * @param reason why and what to do, the same whatever was asked for
   */
  public UnreachableException(String doing, String reason, Throwable cause) {
    super(doing + reason, cause);
    this.reason = reason;
  }

  /** Why, without what was asked for. */
  public String reason() {
    return reason;
  }
}
