package io.regent.cli.bench;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Writes down what one broker was told, by whom and when: the last leader and leader epoch of each partition, by each kind of
 * request.
 *
 * <p>Any thread. Never forgets what was told in an earlier life of the broker, but goals are set anew for each.
 */
final class Ledger {
    /** No leader that a controller ever names. */
    static final int NEVER_TOLD = Integer.MIN_VALUE;

    /** What was told of all partitions by one kind of request. */
    private static final class Page {
        private final int[] leaders;
        private final int[] leaderEpochs;
        private Goal goal;

        Page(int capacity) {
            leaders = new int[capacity];
            leaderEpochs = new int[capacity];
            Arrays.fill(leaders, NEVER_TOLD);
        }
    }

    private final Map<Channel, Page> pages = new EnumMap<>(Channel.class);
    private int highestControllerEpoch;
    private int awaitedRuler;
    private CompletableFuture<Long> ruler = new CompletableFuture<>();
    private long lastToldNanos = System.nanoTime();

    Ledger(int capacity) {
        for (Channel channel : Channel.values()) {
            pages.put(channel, new Page(capacity));
        }
    }

    /** Awaits these partitions by this kind of request, in place of what was awaited before. */
    synchronized Goal await(Channel channel, BitSet partitions, int minControllerEpoch, int[] minLeaderEpochs) {
        Goal goal = new Goal((BitSet) partitions.clone(), minControllerEpoch, minLeaderEpochs);
        pages.get(channel).goal = goal;
        return goal;
    }

    /** When the broker is first told, by an UpdateMetadata of whatever contents, that a reign of this epoch or a later one rules. */
    synchronized CompletableFuture<Long> awaitRuler(int minControllerEpoch) {
        awaitedRuler = minControllerEpoch;
        ruler = new CompletableFuture<>();
        return ruler;
    }

    /** Takes a request's head; false when its controller has been deposed, as this broker knows. */
    synchronized boolean begin(Channel channel, int controllerEpoch, long atNanos) {
        lastToldNanos = atNanos;
        if (controllerEpoch < highestControllerEpoch) {
            return false;
        }
        highestControllerEpoch = controllerEpoch;
        if (channel == Channel.UPDATE_METADATA && controllerEpoch >= awaitedRuler) {
            ruler.complete(atNanos);
        }
        return true;
    }

    /**
     * Gives the receiver of one request's states.
     *
     * @param atNanos when all of the request had arrived
     */
    StateReceiver receiver(Channel channel, int controllerEpoch, long atNanos) {
        Page page = pages.get(channel);
        return (partition, leader, leaderEpoch) -> {
            synchronized (this) {
                page.leaders[partition] = leader;
                page.leaderEpochs[partition] = leaderEpoch;
                if (page.goal != null) {
                    page.goal.told(partition, controllerEpoch, leaderEpoch, atNanos);
                }
            }
        };
    }

    /** The leader that the broker was last told, or {@link #NEVER_TOLD}. */
    synchronized int leader(Channel channel, int partition) {
        return pages.get(channel).leaders[partition];
    }

    /** The leader epoch that the broker was last told; of no meaning where it was never told. */
    synchronized int leaderEpoch(Channel channel, int partition) {
        return pages.get(channel).leaderEpochs[partition];
    }

    /** The epoch of the last controller that told this broker anything. */
    synchronized int controllerEpoch() {
        return highestControllerEpoch;
    }

    /** When the broker was last told anything, on {@link System#nanoTime()}. */
    synchronized long lastToldNanos() {
        return lastToldNanos;
    }
}
