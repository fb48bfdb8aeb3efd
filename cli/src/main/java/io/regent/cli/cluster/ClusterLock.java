package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lets one command at a time change a cluster's directory; the system frees it when the command ends, however that is.
 *
 * <p>One thread. Never waits: a second command is told at once.
 */
final class ClusterLock implements AutoCloseable {
    private final FileChannel channel;

    private ClusterLock(FileChannel channel) {
        this.channel = channel;
    }

    static ClusterLock take(ClusterFiles files) {
        Path file = files.lock();
        try {
            Files.createDirectories(files.directory());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new CommandFailure("another cluster command is at work in " + files.directory());
            }
            return new ClusterLock(channel);
        } catch (IOException e) {
            throw new CommandFailure("cannot use the directory " + files.directory() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CommandFailure("cannot release the cluster's lock: " + e.getMessage(), e);
        }
    }
}
