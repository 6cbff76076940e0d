package io.ostraka.cli;

import java.io.Serial;

/**
 * The command was called in a way that cannot work; the caller corrects the call. Ends the process
 * with exit code 2.
 */
final class WrongCall extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  WrongCall(String message) {
    super(message);
  }
}
