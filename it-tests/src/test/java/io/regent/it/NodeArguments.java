package io.regent.it;

import com.google.common.base.Splitter;
import io.regent.cli.Home;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has the nodes of all tests started as {@code bin/regent} starts them, with an archive of their classes: their starts are
 * most of what these tests cost.
 *
 * <p>Any thread. The archive is made once a run, for the class path of that run, by whichever test needs a node first.
 */
final class NodeArguments {

    private static final long TIMEOUT_S = 300;

    private static final Path FILE = write();

    private NodeArguments() {}

    /** From here on, each node that this JVM starts is started with the argument file, which is given back. */
    static Path use() {
        System.setProperty(Home.LAUNCH_ARGUMENTS, FILE.toString());
        return FILE;
    }

    private static Path write() {
        Path file = Path.of("target", "nodes.args").toAbsolutePath();
        List<String> jars = Splitter.on(File.pathSeparatorChar)
                .splitToStream(System.getProperty("java.class.path"))
                .filter(entry -> entry.endsWith(".jar"))
                .toList();
        try {
            Process process = new ProcessBuilder(
                            Home.directory().resolve("bin/java-arguments").toString(),
                            System.getProperty("java.home"),
                            String.join(File.pathSeparator, jars),
                            file.toString())
                    .inheritIO()
                    .start();
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(process + " did not write " + file);
            }
            return file;
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + file, e);
        }
    }
}
