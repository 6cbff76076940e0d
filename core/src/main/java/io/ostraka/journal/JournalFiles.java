package io.ostraka.journal;

import io.ostraka.Stream;
import io.ostraka.WriterId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The names of one writer's files in a spool.
 *
 * @param spool the spool's folder
 * @param writer whose files they are
 */
public record JournalFiles(Path spool, WriterId writer) {
  private static final String JOURNAL = ".journal";

  /** The file whose lock says that the writer lives. */
  public Path alive() {
    return spool.resolve(writer + ".alive");
  }

  /** The control words. */
  public Path control() {
    return spool.resolve(writer + ".ctl");
  }

  /** The record of ranges, locked by the drainer. */
  public Path drain() {
    return spool.resolve(writer + ".drain");
  }

  /** What the record of ranges begins with once it was shortened. */
  public Path drainBase() {
    return spool.resolve(writer + ".drain.base");
  }

  /** A shard of a stream that is encoded and not published yet. */
  public Path sealed(Stream stream) {
    return spool.resolve(".%s-%s.parquet".formatted(writer, stream.folder()));
  }

  /** A segment, from 0. */
  public Path segment(int number) {
    return spool.resolve(String.format(Locale.ROOT, "%s.%06d%s", writer, number, JOURNAL));
  }

  /** Where a damaged segment is kept. */
  public Path damaged(int number) {
    return spool.resolve(String.format(Locale.ROOT, "%s.damaged.%06d", writer, number));
  }

  /** A large value, from 0. */
  public Path body(int number) {
    return spool.resolve(String.format(Locale.ROOT, "%s.body.%08d", writer, number));
  }

  /** The numbers of the segments that are there, ascending. */
  public List<Integer> segments() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(spool, writer + ".*" + JOURNAL)) {
      for (Path path : found) {
        String name = path.getFileName().toString();
        String digits =
            name.substring(writer.text().length() + 1, name.length() - JOURNAL.length());
        if (digits.matches("[0-9]{6}")) {
          numbers.add(Integer.valueOf(digits));
        }
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  /** The large values that are there. */
  public List<Path> bodies() throws IOException {
    List<Path> bodies = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(spool, writer + ".body.*")) {
      found.forEach(bodies::add);
    }
    return bodies;
  }

  /** Deletes what lies before a segment: it is published. */
  public void deleteBefore(int segment, int lastBody) throws IOException {
    for (int number : segments()) {
      if (number < segment) {
        Files.deleteIfExists(segment(number));
      }
    }
    int number = lastBody;
    while (number >= 0 && Files.deleteIfExists(body(number))) {
      number--;
    }
  }

  /** Deletes everything but what is kept as damaged; the file that says who lives goes last. */
  public void deleteAll() throws IOException {
    for (int number : segments()) {
      Files.deleteIfExists(segment(number));
    }
    for (Path body : bodies()) {
      Files.deleteIfExists(body);
    }
    for (Stream stream : Stream.values()) {
      Files.deleteIfExists(sealed(stream));
    }
    Files.deleteIfExists(control());
    deleteDrain();
    Files.deleteIfExists(alive());
  }

  /** Deletes the record of ranges; drainers then go on after what the store lists. */
  public void deleteDrain() throws IOException {
    Files.deleteIfExists(drainBase());
    Files.deleteIfExists(drain());
  }
}
