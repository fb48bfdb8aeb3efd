package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.PartitionStateZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/**
 * Holds what each broker was last told of each partition against what ZooKeeper holds, so that no controller wins by being wrong.
 *
 * <p>One thread.
 */
final class Verification {
    private static final int BATCH = 500;
    private static final int WINDOW = 4;

    private final Catalog catalog;
    private final List<FakeBroker> brokers;
    private int checked;
    private int wrong;
    private String firstWrong = "";

    /**
     * What came out.
     *
     * @param checked so many statements to brokers were compared
     * @param wrong so many were not what ZooKeeper holds
     * @param firstWrong one of them, for a person
     */
    record Result(int checked, int wrong, String firstWrong) {
        boolean passed() {
            return checked > 0 && wrong == 0;
        }
    }

    private Verification(Catalog catalog, List<FakeBroker> brokers) {
        this.catalog = catalog;
        this.brokers = brokers;
    }

    /** Reads all states; nothing may change meanwhile. */
    static Result of(TestBed bed) {
        Verification verification = new Verification(bed.catalog(), bed.live());
        verification.run(new InFlight(bed.client(), WINDOW));
        return new Result(verification.checked, verification.wrong, verification.firstWrong);
    }

    private void run(InFlight calls) {
        AtomicReference<BadZnodeException> bad = new AtomicReference<>();
        for (Catalog.Topic topic : catalog.topics()) {
            for (int from = 0; from < topic.partitions(); from += BATCH) {
                int first = from;
                int end = Math.min(from + BATCH, topic.partitions());
                List<Op> reads = new ArrayList<>(end - first);
                for (int p = first; p < end; p++) {
                    reads.add(Op.getData(PartitionStateZnode.path(new PartitionId(topic.name(), p))));
                }
                calls.multi(reads, results -> compare(topic, first, results, bad));
            }
        }
        calls.await();
        if (bad.get() != null) {
            throw new CommandFailure(
                    "the controller wrote what nobody can read: " + bad.get().getMessage());
        }
    }

    /** On the client's own thread, which is one. */
    private synchronized void compare(
            Catalog.Topic topic, int first, List<OpResult> results, AtomicReference<BadZnodeException> bad) {
        for (int i = 0; i < results.size(); i++) {
            PartitionId partition = new PartitionId(topic.name(), first + i);
            if (results.get(i) instanceof OpResult.GetDataResult read) {
                try {
                    compare(
                            partition,
                            topic.first() + first + i,
                            PartitionStateZnode.decode(
                                    partition, read.getData(), read.getStat().getVersion()));
                } catch (BadZnodeException e) {
                    bad.set(e);
                }
            } else {
                wrong(partition + " has no state in ZooKeeper");
            }
        }
    }

    private void compare(PartitionId partition, int number, PartitionState state) {
        for (FakeBroker broker : brokers) {
            for (Channel channel : Channel.values()) {
                if (channel == Channel.LEADER_AND_ISR && !catalog.hosts(broker.id(), number)) {
                    continue;
                }
                checked++;
                int leader = broker.ledger().leader(channel, number);
                int leaderEpoch = broker.ledger().leaderEpoch(channel, number);
                if (leader != state.leader() || leaderEpoch != state.leaderEpoch()) {
                    wrong("of " + partition + ", broker " + broker.id() + " was told by " + channel + " that " + leader
                            + " leads with epoch " + leaderEpoch + ", where ZooKeeper has " + state);
                }
            }
        }
    }

    private void wrong(String what) {
        wrong++;
        if (firstWrong.isEmpty()) {
            firstWrong = what;
        }
    }
}
