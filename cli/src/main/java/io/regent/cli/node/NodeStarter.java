package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a node as a process that outlives this command and its terminal, its output going to a log file.
 *
 * <p>Stateless; any thread. Never waits for the node to serve.
 */
public final class NodeStarter {
    private static final List<Path> DETACHERS =
            List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"), Path.of("/usr/bin/nohup"));

    private NodeStarter() {}

    /**
     * Starts the command; its process id is that of the command itself.
     *
     * @throws CommandFailure when it cannot be started
     */
    public static Process start(List<String> command, Path log) {
        List<String> detached = new ArrayList<>();
        // A session of its own: neither Ctrl-C nor the closing of the terminal may reach it. Each replaces itself by
        // the command.
        DETACHERS.stream().filter(Files::isExecutable).findFirst().ifPresent(path -> detached.add(path.toString()));
        detached.addAll(command);
        try {
            Files.createDirectories(log.getParent());
            return new ProcessBuilder(detached)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new CommandFailure("cannot start " + command.get(0) + ": " + e.getMessage(), e);
        }
    }
}
