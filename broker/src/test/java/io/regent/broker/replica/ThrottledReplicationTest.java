package io.regent.broker.replica;

import static io.regent.broker.replica.TestBroker.PARTITION;
import static io.regent.broker.replica.TestRecords.append;
import static io.regent.broker.replica.TestRecords.follow;
import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.replica.TestRecords.Wanted;
import java.nio.file.Path;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.storage.internals.log.FetchPartitionData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader serves to followers whose traffic is limited (KIP-73). */
class ThrottledReplicationTest {
    private static final long BYTES_PER_SECOND = 100;
    private static final int LAGGING = 2;
    private static final int IN_SYNC = 3;

    @TempDir
    Path dir;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = new TestBroker(1, dir);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    /** Leads, with a log of which one fetch uses up the limit for as long as it is measured. */
    private void leadWithRecords(String throttledReplicas) {
        broker.topicConfig.put("leader.replication.throttled.replicas", throttledReplicas);
        broker.lead(1, 1, IN_SYNC);
        append(broker, "x".repeat(5_000));
        broker.replicas.throttle(BYTES_PER_SECOND, Long.MAX_VALUE);
    }

    private int bytesFor(int follower) {
        FetchPartitionData data = follow(broker, follower, 0);
        assertThat(data.error).isEqualTo(Errors.NONE);
        return data.records.sizeInBytes();
    }

    @Test
    void aFollowerThatLagsIsHeldBackUntilTheRateIsBelowTheLimit() {
        leadWithRecords("0:1");
        assertThat(bytesFor(LAGGING)).isPositive();

        assertThat(bytesFor(LAGGING)).isZero();

        broker.time.sleep(60_000);
        assertThat(bytesFor(LAGGING)).isPositive();
    }

    @Test
    void aFollowerOfTheIsrIsNeverHeldBackButCounts() {
        leadWithRecords("*");
        assertThat(bytesFor(IN_SYNC)).isPositive();
        assertThat(bytesFor(IN_SYNC)).isPositive();

        assertThat(bytesFor(LAGGING)).isZero();
    }

    @Test
    void aReplicaThatIsNotNamedIsNotHeldBack() {
        leadWithRecords("0:2,1:1");
        assertThat(bytesFor(LAGGING)).isPositive();
        assertThat(bytesFor(LAGGING)).isPositive();
    }

    @Test
    void theLimitCanBeAlteredAndLiftedMeanwhile() {
        leadWithRecords("0:1");
        assertThat(bytesFor(LAGGING)).isPositive();
        assertThat(bytesFor(LAGGING)).isZero();

        broker.replicas.throttle(1_000_000, Long.MAX_VALUE);
        assertThat(bytesFor(LAGGING)).isPositive();
        broker.replicas.throttle(BYTES_PER_SECOND, Long.MAX_VALUE);
        assertThat(bytesFor(LAGGING)).isZero();
        broker.replicas.throttle(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(bytesFor(LAGGING)).isPositive();
    }

    @Test
    void aFetchThatIsHeldBackWaitsInsteadOfBeingAnsweredEmptyAgainAndAgain() {
        leadWithRecords("0:1");
        assertThat(bytesFor(LAGGING)).isPositive();

        var waiting = TestRecords.fetch(broker, LAGGING, 60_000, Wanted.at(0));
        append(broker, "more");

        assertThat(waiting).isNotDone();
        assertThat(broker.replicas.log(PARTITION).orElseThrow().logEndOffset()).isEqualTo(2);
    }
}
