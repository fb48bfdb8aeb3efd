package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/**
 * Reads from ZooKeeper, the one truth, who rules and who leads.
 *
 * <p>Any thread; every call is bounded by the session's connection. Never writes.
 */
public final class ZooKeeperView implements AutoCloseable {
    private static final int SESSION_TIMEOUT_MS = 10_000;

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
        return new ZooKeeperView(ZooKeeperConnection.open(connectString, SESSION_TIMEOUT_MS, timeoutMs));
    }

    /** The connection itself, for one who sets watches; it ends with this view. */
    public ZooKeeper handle() {
        return zooKeeper;
    }

    /** Who holds {@code /controller}, and the epoch in {@code /controller_epoch}. */
    public ControllerSeat controller() {
        int epoch = controllerEpoch();
        while (true) {
            int read = epoch;
            ControllerSeat seat = read(
                    ControllerZnode.PATH,
                    bytes -> new ControllerSeat(ControllerZnode.decode(bytes).brokerId(), read),
                    ControllerSeat.VACANT);
            epoch = controllerEpoch();
            // Another election between the readings would give the one's id the other's epoch.
            if (epoch == read) {
                return seat;
            }
        }
    }

    private int controllerEpoch() {
        return read(ControllerEpochZnode.PATH, ControllerEpochZnode::decode, ControllerSeat.UNKNOWN_EPOCH);
    }

    /**
     * The leader of a partition, or {@link ControllerSeat#NOBODY}.
     *
     * @throws CommandFailure when the partition does not exist
     */
    public int leaderOf(String topic, int partition) {
        PartitionId id = new PartitionId(topic, partition);
        PartitionState state = read(
                PartitionStateZnode.path(id), bytes -> PartitionStateZnode.decode(id, bytes, 0), PartitionState.NONE);
        if (!state.exists()) {
            throw new CommandFailure("there is no partition " + topic + "-" + partition);
        }
        return state.hasLeader() ? state.leader() : ControllerSeat.NOBODY;
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
        T from(byte[] bytes) throws BadZnodeException;
    }

    private <T> T read(String path, Reader<T> reader, T whenAbsent) {
        try {
            return reader.from(zooKeeper.getData(path, false, null));
        } catch (KeeperException.NoNodeException e) {
            return whenAbsent;
        } catch (BadZnodeException e) {
            throw new CommandFailure("ZooKeeper holds what nobody can read: " + e.getMessage(), e);
        } catch (KeeperException e) {
            throw new CommandFailure("cannot read " + path + " in ZooKeeper: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CommandFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandFailure("interrupted while reading from ZooKeeper", e);
    }

    @Override
    public void close() {
        ZooKeeperConnection.close(zooKeeper);
    }
}
