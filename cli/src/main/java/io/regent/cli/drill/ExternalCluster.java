package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Any cluster that Kafka's clients reach, whose brokers are killed and restarted by commands that the user gave.
 *
 * <p>As {@link ClusterUnderTest} says. Never stops anything when it is closed.
 */
final class ExternalCluster implements ClusterUnderTest {
    /** An ssh to a far machine ends sooner; a command that hangs must not hang the drill. */
    private static final long COMMAND_TIMEOUT_S = 60;

    /** Host names go into a shell: nothing that means anything to it may be in one. */
    private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9.:_-]*");

    private static final int MAX_OUTPUT_CHARACTERS = 300;

    private final String bootstrap;
    private final String killCommand;
    private final String restartCommand;
    private final String zooKeeper;

    /**
     * @param bootstrap host:port, several separated by commas
     * @param killCommand run by the shell, with {id}, {host} and {port} filled in
     * @param restartCommand likewise, or null
     * @param zooKeeper its connect string, or null
     */
    ExternalCluster(String bootstrap, String killCommand, String restartCommand, String zooKeeper) {
        this.bootstrap = bootstrap;
        this.killCommand = killCommand;
        this.restartCommand = restartCommand;
        this.zooKeeper = zooKeeper;
    }

    @Override
    public String description() {
        return "the cluster at " + bootstrap;
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public Optional<String> zooKeeper() {
        return Optional.ofNullable(zooKeeper);
    }

    @Override
    public String kill(Endpoint victim) {
        run(killCommand, victim, "--kill-command");
        return "broker " + victim.id() + " (by the command given)";
    }

    @Override
    public boolean canRestart() {
        return restartCommand != null;
    }

    @Override
    public String restart(Endpoint victim) {
        run(restartCommand, victim, "--restart-command");
        return "broker " + victim.id() + " (by the command given)";
    }

    /** Fills the placeholders in. */
    static String filled(String command, Endpoint victim) {
        if (!PLAIN_HOST.matcher(victim.host()).matches()) {
            throw new CommandFailure(
                    "broker " + victim.id() + " has a host name that is unsafe in a command: " + victim.host());
        }
        return command.replace("{id}", Integer.toString(victim.id()))
                .replace("{host}", victim.host())
                .replace("{port}", Integer.toString(victim.port()));
    }

    private static void run(String command, Endpoint victim, String option) {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", filled(command, victim));
        shell.environment()
                .putAll(Map.of(
                        "REGENT_BROKER_ID",
                        Integer.toString(victim.id()),
                        "REGENT_BROKER_HOST",
                        victim.host(),
                        "REGENT_BROKER_PORT",
                        Integer.toString(victim.port())));
        try {
            // A command that leaves a server running in the background would hold a pipe open for ever: a file ends
            // with the command.
            Path output = Files.createTempFile("regent-drill-command", ".log");
            try {
                Process process = shell.redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(COMMAND_TIMEOUT_S, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly();
                    throw new CommandFailure(option + " did not end within " + COMMAND_TIMEOUT_S + " s");
                }
                if (process.exitValue() != 0) {
                    throw new CommandFailure(option + " ended with " + process.exitValue() + ": " + beginning(output));
                }
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot run " + option + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while running " + option, e);
        }
    }

    private static String beginning(Path output) throws IOException {
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
        return text.length() > MAX_OUTPUT_CHARACTERS ? text.substring(0, MAX_OUTPUT_CHARACTERS) + "…" : text;
    }

    @Override
    public void close() {
        // Nothing of it was started here.
    }
}
