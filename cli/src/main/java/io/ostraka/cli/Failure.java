package io.ostraka.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in one line what went wrong. */
final class Failure {
  private Failure() {}

  static String line(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      if (file instanceof NoSuchFileException) {
        return file.getFile() + " does not exist";
      }
      if (file instanceof AccessDeniedException) {
        return "Cannot access " + file.getFile() + ": permission denied";
      }
    }
    String line = message == null || message.isBlank() ? failure.toString() : message;
    return line.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(line);
  }
}
