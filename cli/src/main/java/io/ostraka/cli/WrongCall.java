package io.ostraka.cli;

import java.io.IOException;
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

  /** Does what the caller asked for; an argument that is refused is a wrong call. */
  static void unlessRefused(Action action) throws IOException {
    try {
      action.run();
    } catch (IllegalArgumentException e) {
      throw new WrongCall(Failure.line(e));
    }
  }

  /** What a command does with its arguments. */
  interface Action {
    void run() throws IOException;
  }
}
