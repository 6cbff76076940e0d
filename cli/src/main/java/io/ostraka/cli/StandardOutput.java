package io.ostraka.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output or error in UTF-8, which knows what went wrong with it. */
final class StandardOutput extends PrintStream {
  private final Remembering stream;

  /** The reader of standard output has seen enough, as {@code head} has: no failure. */
  static final class NobodyReads extends IOException {
    private static final long serialVersionUID = 1;

    NobodyReads(IOException cause) {
      super("Nobody reads standard output any more", cause);
    }
  }

  private StandardOutput(Remembering stream) {
    super(stream, true, StandardCharsets.UTF_8);
    this.stream = stream;
  }

  static StandardOutput of(FileDescriptor descriptor) {
    return new StandardOutput(new Remembering(new FileOutputStream(descriptor)));
  }

  /**
   * Sees that everything written so far went out.
   *
   * @throws NobodyReads if it goes to a pipe whose reader has left
   */
  static void check(PrintStream out, String name) throws IOException {
    if (out.checkError()) {
      IOException why = out instanceof StandardOutput standard ? standard.stream.failure : null;
      String said = why == null ? "it is closed, or its disk is full" : why.getMessage();
      if (why != null && "Broken pipe".equals(said)) {
        throw new NobodyReads(why);
      }
      throw new IOException("Cannot write " + name + ": " + said, why);
    }
  }

  /** A print stream drops what it is told of failures. */
  private static final class Remembering extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Remembering(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
