package io.ostraka.sim;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * One way to break something on purpose: a replacement in one source file, compiled beside the
 * classes as they are.
 *
 * @param what it does wrong
 * @param file below the folder of the sources
 * @param from what is there, once
 * @param to what is there in its place
 */
public record Mutant(String what, String file, String from, String to) {
  private static final int LONGEST_LINE = 160;

  /** Looks for what one mutant does wrong. */
  public interface Search {
    /**
     * Looks for it.
     *
     * @param classes with the mutant, to be put before those that are right
     * @return after how many tries it was found, and how it showed; empty if it was not
     */
    String search(Path classes) throws Exception;
  }

  /**
   * Has mutants looked for, prints a line of a table for each, and ends the process: with 0 if all
   * were found.
   *
   * @param sources the folder that their files are below
   * @param word only mutants whose description has it
   */
  public static void searchAll(
      List<Mutant> all, Path sources, String word, PrintStream out, Search search)
      throws Exception {
    int missed = 0;
    for (Mutant mutant : all) {
      if (mutant.what().contains(word)) {
        Path classes = Files.createTempDirectory("mutant");
        mutant.compile(sources, classes);
        String found = search.search(classes);
        missed += found.isEmpty() ? 1 : 0;
        out.printf("| %s | %s |%n", mutant.what(), found.isEmpty() ? "NOT FOUND" : found);
        delete(classes);
      }
    }
    System.exit(missed == 0 ? 0 : 1);
  }

  /** Deletes a folder with what is in it. */
  public static void delete(Path folder) throws IOException {
    Simulation.delete(folder);
  }

  /**
   * Compiles the file with the replacement, against the class path of this process.
   *
   * @param sources the folder that the file is below
   * @param classes where the class files go
   * @throws IOException if the file does not have the text once, or does not compile
   */
  public void compile(Path sources, Path classes) throws IOException {
    if (!isIn(sources)) {
      throw new IOException("%s does not have once: %s; mend the mutant".formatted(file, from));
    }
    String source = Files.readString(sources.resolve(file));
    Path changed = classes.resolve(Path.of(file).getFileName());
    Files.writeString(changed, source.replace(from, to));
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    int result =
        compiler.run(
            null,
            null,
            null,
            "-nowarn",
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            changed.toString());
    if (result != 0) {
      throw new IOException("Cannot compile: " + what);
    }
  }

  /**
   * Whether the file has the text once, as it must.
   *
   * @param sources the folder that the file is below
   */
  public boolean isIn(Path sources) throws IOException {
    String source = Files.readString(sources.resolve(file));
    return source.split(Pattern.quote(from), -1).length == 2;
  }

  /** The beginning of what a test says, in one line for a table. */
  public static String firstLines(String message) {
    String begin = message.lines().limit(4).reduce("", (all, line) -> all + " " + line.strip());
    return begin.substring(0, Math.min(begin.length(), LONGEST_LINE)).replace('|', ' ').strip();
  }
}
