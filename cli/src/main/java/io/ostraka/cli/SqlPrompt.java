package io.ostraka.cli;

import io.ostraka.query.sql.RowFormat;
import io.ostraka.query.sql.SqlFailure;
import io.ostraka.query.sql.SqlSession;
import io.ostraka.query.sql.Statements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** Asks a person for statements until there are no more, with what was asked before in reach. */
final class SqlPrompt {
  private static final String HELP =
      """
      End a statement with a semicolon. Arrows bring back earlier ones, Ctrl-C ends the one that runs, Ctrl-D ends the prompt.
        SHOW TABLES;  DESCRIBE metrics;        what there is
        .format table|csv|json|jsonl|markdown  how answers are written
        .rows N                                how many rows at most, 0 for all
        .help  .quit""";

  private final Surroundings here;
  private final SqlSession session;
  private final SqlAnswers answers;
  private final Root root;

  SqlPrompt(Surroundings here, SqlSession session, SqlAnswers answers, Root root) {
    this.here = here;
    this.session = session;
    this.answers = answers;
    this.root = root;
  }

  void run() throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      LineReader reader = reader(terminal);
      here.err().println("Runs of " + root.shown() + "; .help explains, Ctrl-D ends");
      for (String line = read(reader); line != null; line = read(reader)) {
        terminal.handle(Terminal.Signal.INT, signal -> cancel());
        if (line.startsWith(".")) {
          if (!command(line.strip().split("\\s+", -1))) {
            return;
          }
        } else {
          answer(line);
        }
      }
    }
  }

  private LineReader reader(Terminal terminal) throws IOException {
    Path history = here.caches().resolve("ostraka").resolve("sql-history");
    Files.createDirectories(history.getParent());
    return LineReaderBuilder.builder()
        .terminal(terminal)
        .appName("ostraka")
        .parser(new WholeStatements())
        .completer(
            new StringsCompleter(
                "runs",
                "metrics",
                "texts",
                "console",
                "system",
                "writers",
                "project",
                "SELECT",
                "FROM",
                "WHERE",
                "GROUP BY ALL",
                "ORDER BY",
                "LIMIT"))
        .variable(LineReader.HISTORY_FILE, history)
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   ...> ")
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .build();
  }

  /** What was typed, or null at the end. */
  private static @Nullable String read(LineReader reader) {
    try {
      return reader.readLine("ostraka> ");
    } catch (UserInterruptException e) {
      return ""; // Ctrl-C forgets the line.
    } catch (EndOfFileException e) {
      return null;
    }
  }

  private void cancel() {
    here.err().println(); // The terminal has shown ^C.
    try {
      session.cancel();
    } catch (IOException e) {
      here.err().println("ostraka: " + Failure.line(e));
    }
  }

  private void answer(String text) {
    try {
      for (String statement : Statements.of(text)) {
        answers.answer(statement);
      }
    } catch (SqlFailure e) {
      SqlAnswers.complain(here, e);
    } catch (IOException e) {
      here.err().println("ostraka: " + Failure.line(e));
    }
  }

  /** Whether the prompt goes on. */
  private boolean command(String[] words) throws IOException {
    String argument = words.length == 2 ? words[1] : "";
    try {
      switch (words[0]) {
        case ".quit", ".exit" -> {
          return false;
        }
        case ".format" -> use(RowFormat.named(argument));
        case ".rows" -> limit(Long.parseLong(argument));
        default -> here.err().println(HELP);
      }
    } catch (NumberFormatException e) {
      here.err().println("ostraka: .rows takes a whole number");
    } catch (IllegalArgumentException e) {
      here.err().println("ostraka: " + Failure.line(e));
    }
    return true;
  }

  private void use(RowFormat format) throws IOException {
    if (format.isBinary()) {
      throw new IllegalArgumentException(format + " is nothing for a screen; use --output");
    }
    answers.use(format);
  }

  private void limit(long most) {
    answers.limit(most <= 0 ? Long.MAX_VALUE : most);
  }

  /** Takes a line only when its statements are complete. */
  private static final class WholeStatements implements Parser {
    private final DefaultParser words = new DefaultParser();

    WholeStatements() {
      words.setQuoteChars(new char[0]);
      words.setEscapeChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      boolean isEntered = context == ParseContext.ACCEPT_LINE;
      boolean isCommand = line.isBlank() || line.startsWith(".");
      if (isEntered && !isCommand && !Statements.isComplete(line)) {
        throw new EOFError(-1, cursor, "the statement goes on");
      }
      return words.parse(line, cursor, context);
    }
  }
}
