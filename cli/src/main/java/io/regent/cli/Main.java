package io.regent.cli;

import io.regent.broker.StartupException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Where the {@code regent} process begins: it reads the command line, runs the command, and turns its outcome into exit code 0 or 1.
 *
 * <p>Called once, by the JVM. Never prints a stack trace for what the user can mend.
 */
public final class Main {
    static final int SUCCESS = 0;
    static final int FAILURE = 1;

    private Main() {}

    public static void main(String[] arguments) {
        Logging.configure(arguments);
        Charset charset = Charset.forName(System.getProperty("stdout.encoding", "UTF-8"));
        // Each line is flushed: whoever started a node waits for it, and a benchmark tells for minutes how far it is.
        PrintWriter out = new PrintWriter(System.out, true, charset);
        PrintWriter err = new PrintWriter(System.err, true, charset);
        System.exit(run(arguments, out, err));
    }

    /** Runs one command; nothing is thrown. */
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        CommandLine regent = commandLine(RegentCommand.subcommands(arguments));
        regent.setOut(out);
        regent.setErr(err);
        int exitCode = regent.execute(arguments);
        out.flush();
        err.flush();
        return exitCode;
    }

    /** The whole command. */
    static CommandLine commandLine() {
        return commandLine(RegentCommand.subcommands());
    }

    private static CommandLine commandLine(List<Object> subcommands) {
        CommandLine regent = new CommandLine(new RegentCommand());
        subcommands.forEach(regent::addSubcommand);
        addHelp(regent);
        regent.setCaseInsensitiveEnumValuesAllowed(true);
        regent.setColorScheme(CommandLine.Help.defaultColorScheme(Home.onTerminal() ? Ansi.ON : Ansi.OFF));
        regent.setParameterExceptionHandler((e, words) -> misused(e));
        regent.setExecutionExceptionHandler(failureHandler());
        return regent;
    }

    /** Every command on every level explains itself. */
    private static void addHelp(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        spec.exitCodeOnInvalidInput(FAILURE);
        spec.exitCodeOnExecutionException(FAILURE);
        spec.usageMessage().sortOptions(false);
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    private static int misused(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + oneLine(e.getMessage()) + " (see " + name + " --help)");
        return FAILURE;
    }

    private static IExecutionExceptionHandler failureHandler() {
        return (e, command, parsed) -> {
            String name = command.getCommandSpec().qualifiedName();
            if (isForTheUser(e)) {
                command.getErr().println(name + ": " + oneLine(e.getMessage()));
            } else {
                command.getErr().println(name + ": a defect in Regent: " + e);
                e.printStackTrace(command.getErr());
            }
            return FAILURE;
        };
    }

    private static boolean isForTheUser(Exception e) {
        return e instanceof CommandFailure || e instanceof ConfigException || e instanceof StartupException;
    }

    private static String oneLine(String message) {
        return message == null ? "no reason given" : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
