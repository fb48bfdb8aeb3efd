package io.regent.cli.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * Reads from ZooKeeper, the one truth, who rules and who leads.
 *
 * <p>Any thread; every call is bounded by the session's connection. Never writes.
 */
public final class ZooKeeperView implements AutoCloseable {
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final JsonFactory JSON = new JsonFactory();

    private final ZooKeeper zooKeeper;

    private ZooKeeperView(ZooKeeper zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /**
     * Connects.
     *
     * @throws CommandFailure when ZooKeeper does not answer in time
     */
    public static ZooKeeperView connect(String connectString, int timeoutMs) {
        CountDownLatch connected = new CountDownLatch(1);
        ZKClientConfig config = new ZKClientConfig();
        // Without it a read would wait for ever when ZooKeeper goes away between the connection and the read.
        config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Integer.toString(timeoutMs));
        ZooKeeper zooKeeper = null;
        try {
            zooKeeper = new ZooKeeper(
                    connectString,
                    SESSION_TIMEOUT_MS,
                    event -> {
                        if (event.getState() == KeeperState.SyncConnected) {
                            connected.countDown();
                        }
                    },
                    false,
                    config);
            if (connected.await(timeoutMs, TimeUnit.MILLISECONDS)) {
                return new ZooKeeperView(zooKeeper);
            }
            close(zooKeeper);
            throw new CommandFailure(
                    "ZooKeeper at " + connectString + " does not answer (waited " + timeoutMs + " ms)");
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure("cannot reach ZooKeeper at " + connectString + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            close(zooKeeper);
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while connecting to ZooKeeper", e);
        }
    }

    /** The connection itself, for one who sets watches; it ends with this view. */
    public ZooKeeper handle() {
        return zooKeeper;
    }

    /** Who holds {@code /controller}, and the epoch in {@code /controller_epoch}. */
    public ControllerSeat controller() {
        return read(
                "/controller",
                bytes -> {
                    int brokerId = intField(bytes, "brokerid", "/controller");
                    int epoch = read(
                            "/controller_epoch",
                            text -> Integer.parseInt(new String(text, StandardCharsets.US_ASCII).strip()),
                            ControllerSeat.UNKNOWN_EPOCH);
                    return new ControllerSeat(brokerId, epoch);
                },
                ControllerSeat.VACANT);
    }

    /**
     * The leader of a partition, or {@link ControllerSeat#NOBODY}.
     *
     * @throws CommandFailure when the partition does not exist
     */
    public int leaderOf(String topic, int partition) {
        String path = "/brokers/topics/" + topic + "/partitions/" + partition + "/state";
        Integer leader = read(path, bytes -> intField(bytes, "leader", path), null);
        if (leader == null) {
            throw new CommandFailure("there is no partition " + topic + "-" + partition);
        }
        return leader;
    }

    /** The ids of the registered brokers. */
    public List<Integer> brokers() {
        try {
            return zooKeeper.getChildren("/brokers/ids", false).stream()
                    .map(Integer::valueOf)
                    .sorted()
                    .toList();
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        } catch (KeeperException | NumberFormatException e) {
            throw new CommandFailure("cannot read /brokers/ids in ZooKeeper: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private interface Reader<T> {
        T from(byte[] bytes);
    }

    private <T> T read(String path, Reader<T> reader, T whenAbsent) {
        try {
            return reader.from(zooKeeper.getData(path, false, null));
        } catch (KeeperException.NoNodeException e) {
            return whenAbsent;
        } catch (KeeperException | NumberFormatException e) {
            throw new CommandFailure("cannot read " + path + " in ZooKeeper: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CommandFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandFailure("interrupted while reading from ZooKeeper", e);
    }

    /** The value of a top-level number field. */
    static int intField(byte[] json, String field, String path) {
        try (JsonParser parser = JSON.createParser(json == null ? new byte[0] : json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean wanted = parser.currentName().equals(field);
                    parser.nextToken();
                    if (wanted) {
                        return parser.getIntValue();
                    }
                    parser.skipChildren();
                }
            }
            throw new CommandFailure(path + " in ZooKeeper has no field \"" + field + "\"");
        } catch (IOException e) {
            throw new CommandFailure(path + " in ZooKeeper is not readable: " + e.getMessage(), e);
        }
    }

    private static void close(ZooKeeper zooKeeper) {
        try {
            zooKeeper.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(zooKeeper);
    }
}
