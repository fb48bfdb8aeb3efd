package io.regent.broker.replica;

import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;

/**
 * Hears that this broker began or ceased to lead a partition, once the change is in force. Called one at a time, on the
 * thread that handles the controller's request, in the order of the requests: it must not block.
 */
public interface LeadershipListener {
    /** This broker leads the partition in a new leader epoch; called again for every new epoch. */
    void onLeader(TopicPartition partition, int leaderEpoch);

    /**
     * This broker follows in a new leader epoch, or was told to stop the replica.
     *
     * @param leaderEpoch empty when the replica is stopped without one (it is deleted, or its directory failed)
     */
    void onResigned(TopicPartition partition, OptionalInt leaderEpoch);
}
