package io.regent.controller.sim;

import io.regent.metadata.PartitionId;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** The log directories of one broker, through all of its lives. */
final class SimDisk {

    private final SortedMap<PartitionId, Stored> stored = new TreeMap<>();

    /** The log of one replica of one topic. */
    static final class Stored {
        private final Uuid topicId;
        private final SimLog log = new SimLog();
        private boolean failed;

        Stored(Uuid topicId) {
            this.topicId = topicId;
        }

        Uuid topicId() {
            return topicId;
        }

        SimLog log() {
            return log;
        }

        boolean isFailed() {
            return failed;
        }

        void fail() {
            failed = true;
        }
    }

    SortedMap<PartitionId, Stored> stored() {
        return stored;
    }

    /** What had failed is well again, as after an operator mended it while the broker was down. */
    void mend() {
        stored.values().forEach(each -> each.failed = false);
    }
}
