package io.regent.broker.replica;

import static io.regent.broker.replica.TestRecords.follow;
import static io.regent.broker.replica.TestRecords.produce;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A follower that is about to join the ISR holds the high watermark back. When it does not join after all, what waits must
 * go on without any further fetch or produce: a producer has no more requests under way than those that wait.
 */
class HighWatermarkTest {
    @TempDir
    Path dir;

    private TestBroker broker;

    @BeforeEach
    void leadWithoutBroker3() {
        broker = new TestBroker(1, dir);
        broker.lead(1, 1, 2);
        follow(broker, 3, 0);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    @Test
    void aProduceDoesNotWaitForAJoiningFollowerThatDies() {
        broker.controller.refuse(Errors.INELIGIBLE_REPLICA);
        var produced = produce(broker, -1, "a");
        follow(broker, 2, 1);
        assertThat(produced).as("broker 3 lives and was caught up").isNotDone();

        broker.aliveBrokers(1, 2);

        assertThat(produced).isCompletedWithValueMatching(response -> response.error == Errors.NONE);
    }

    @Test
    void aProduceDoesNotWaitForADeadFollowerThatTheControllerRefuses() {
        var produced = produce(broker, -1, "a");
        follow(broker, 2, 1);
        broker.aliveBrokers(1, 2);
        assertThat(produced).as("broker 3 is in the proposed ISR").isNotDone();

        broker.controller.refuse(Errors.INELIGIBLE_REPLICA);

        assertThat(produced).isCompletedWithValueMatching(response -> response.error == Errors.NONE);
    }

    @Test
    void aProduceDoesNotWaitForAJoiningFollowerThatHangs() {
        broker.controller.refuse(Errors.INELIGIBLE_REPLICA);
        var produced = produce(broker, -1, "a");
        follow(broker, 2, 1);
        assertThat(produced).isNotDone();

        broker.scheduler.advance(2 * TestBroker.LAG_MS);

        assertThat(produced).isCompletedWithValueMatching(response -> response.error == Errors.NONE);
    }
}
