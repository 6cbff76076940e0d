package io.ostraka.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ostraka help}. */
@Command(name = "help", description = "Explain a command.")
final class HelpCommand implements Runnable {
  private final CommandLine commands;

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "The command to explain; none: list them.")
  private @Nullable String command;

  HelpCommand(CommandLine commands) {
    this.commands = commands;
  }

  @Override
  public void run() {
    if (command == null) {
      commands.usage(commands.getOut());
      return;
    }
    CommandLine named =
        Optional.ofNullable(commands.getSubcommands().get(command))
            .orElseThrow(() -> new WrongCall("There is no command " + command));
    named.usage(commands.getOut());
  }
}
