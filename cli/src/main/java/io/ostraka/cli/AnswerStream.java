package io.ostraka.cli;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Where an answer's bytes go, which may have to be made anew: into a file, which is then emptied,
 * or to somebody who cannot be told to forget anything, and who gets the first piece only when it
 * is full or the answer ends.
 */
final class AnswerStream extends OutputStream {
  private static final int HELD_BACK = 1 << 20;

  private final OutputStream out;
  private final String name;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final boolean isFile;
  private boolean hasBegun;

  private AnswerStream(OutputStream out, String name, boolean isFile) {
    this.out = out;
    this.name = name;
    this.isFile = isFile;
  }

  /** Bytes for a new file, or one that is overwritten. */
  static AnswerStream into(Path file) throws IOException {
    return new AnswerStream(new FileOutputStream(file.toFile()), file.toString(), true);
  }

  /** Bytes for standard output, which stays open. */
  static AnswerStream to(PrintStream out) {
    return new AnswerStream(out, "standard output", false);
  }

  /** Forgets everything written so far; returns whether it could. */
  boolean again() throws IOException {
    if (hasBegun && isFile) {
      ((FileOutputStream) out).getChannel().truncate(0);
      hasBegun = false;
    }
    held.reset();
    return !hasBegun;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    held.write(bytes, offset, length);
    if (held.size() >= HELD_BACK) {
      pass();
    }
  }

  private void pass() throws IOException {
    if (held.size() > 0) {
      hasBegun = true;
      try {
        held.writeTo(out);
      } catch (IOException e) {
        throw new IOException("Cannot write " + name + ": " + e.getMessage(), e);
      }
      held.reset();
    }
    if (out instanceof PrintStream printed) {
      StandardOutput.check(printed, name);
    }
  }

  /** Ends the answer: everything is out when this returns. */
  void end() throws IOException {
    pass();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (isFile) {
      out.close();
    }
  }
}
