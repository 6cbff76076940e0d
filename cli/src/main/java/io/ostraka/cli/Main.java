package io.ostraka.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ostraka.shard.RollupRule;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code ostraka}. Exit codes: 0 done, 1 a failure, 2 a wrong call; each of the two
 * with one line on standard error.
 */
@Command(
    name = "ostraka",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Ostraka keeps what your training runs log and draws it while they run.",
      "",
      "New here? 'ostraka demo' trains six small networks and shows them.",
      "In a script of your own: import ostraka; run = ostraka.init(); run.log({\"loss\": 0.5})",
      ""
    },
    footer = {
      "",
      "'ostraka help COMMAND' explains a command. Runs are kept in ./ostraka-runs unless a command or the",
      "variable OSTRAKA_ROOT names another folder."
    },
    commandListHeading = "Commands:%n",
    optionListHeading = "Options:%n")
final class Main implements Runnable {
  /* How a shell shows that a program ended since nobody read its output: 128 + 13. */
  private static final int ENDED_BY_SIGPIPE = 141;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "On a failure, print the whole stack trace and not only one line.")
  private boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Explain the command and its options.")
  @SuppressWarnings("UnusedVariable") // the option itself makes picocli print the help
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  @SuppressWarnings("UnusedVariable") // likewise
  private boolean version;

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param arguments the command and its arguments
   */
  public static void main(String[] arguments) {
    int code = run(Surroundings.ofThisProcess(), arguments);
    System.out.flush();
    System.exit(code);
  }

  static int run(Surroundings here, String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    line.getCommandSpec().version("ostraka " + VersionCommand.version());
    line.addSubcommand(new DemoCommand(here));
    line.addSubcommand(new ViewCommand(here));
    line.addSubcommand(new LsCommand(here));
    line.addSubcommand(new ShowCommand(here));
    line.addSubcommand(new DiffCommand(here));
    line.addSubcommand(new TopCommand(here));
    line.addSubcommand(new SqlCommand(here, SqlInput.ofThisProcess()));
    line.addSubcommand(new ExportCommand(here));
    line.addSubcommand(new RenameCommand(here));
    CommandLine tag = new CommandLine(new TagCommand(here));
    line.addSubcommand(tag);
    line.addSubcommand(new NoteCommand(here));
    line.addSubcommand(new RmCommand(here));
    line.addSubcommand(new DoctorCommand(here));
    line.addSubcommand(new CompactCommand(here, Stores.compaction()));
    line.addSubcommand(new RollupsCommand(here, RollupRule.usual()));
    line.addSubcommand(new SyncCommand(here));
    line.addSubcommand(new StatusCommand(here));
    line.addSubcommand(new PublishCommand(here));
    line.addSubcommand(new AgentCommand(here));
    line.addSubcommand(new VersionCommand(here));
    line.addSubcommand(new LastStepCommand(here));
    line.addSubcommand(new PastCommand(here));
    line.addSubcommand(new RehearseCommand(here));
    line.addSubcommand(new HelpCommand(line));
    tag.setUnmatchedOptionsArePositionalParams(true); // -TAG removes a tag.
    line.setOut(new PrintWriter(here.out(), true, UTF_8));
    line.setErr(new PrintWriter(here.err(), true, UTF_8));
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setParameterExceptionHandler(
        (wrong, given) -> wrongCall(here, wrong.getCommandLine(), wrong));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (main.debug) {
            failure.printStackTrace(here.err());
          }
          if (failure instanceof StandardOutput.NobodyReads) {
            return ENDED_BY_SIGPIPE;
          }
          if (failure instanceof WrongCall) {
            return wrongCall(here, command, failure);
          }
          if (!main.debug) {
            here.err().println("ostraka: " + Failure.line(failure));
          }
          return CommandLine.ExitCode.SOFTWARE;
        });
    return line.execute(arguments);
  }

  private static int wrongCall(Surroundings here, CommandLine command, Exception wrong) {
    String name = command.getCommandName();
    String help = name.equals("ostraka") ? "ostraka help" : "ostraka help " + name;
    here.err().println("ostraka: " + Failure.line(wrong) + " ('" + help + "' explains)");
    return CommandLine.ExitCode.USAGE;
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "Say which command; 'ostraka help' lists them");
    }
  }
}
