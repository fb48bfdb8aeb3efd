package io.regent.controller.link;

import io.netty.buffer.ByteBufAllocator;
import io.regent.controller.Announcements;
import io.regent.metadata.BrokerRegistration;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.message.LeaderAndIsrResponseData;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrPartitionError;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrTopicError;
import org.apache.kafka.common.message.UpdateMetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A broker that does not exist: it is told what a real one would be, in bytes that no connection sends, and answers that all is
 * done. Used by one thread, in a {@link Rehearsal}.
 */
final class RehearsedBroker {

    private static final short METADATA_VERSION = ApiKeys.UPDATE_METADATA.latestVersion();
    private static final short LEADER_AND_ISR_VERSION = ApiKeys.LEADER_AND_ISR.latestVersion();

    private final BrokerRegistration broker;
    private final Telling telling;
    private final Outbox outbox;
    private final ControlAnswers answers;

    RehearsedBroker(BrokerRegistration broker, Telling telling, int maxRequestBytes) {
        this.broker = broker;
        this.telling = telling;
        this.outbox = new Outbox(broker.id(), maxRequestBytes);
        this.answers = new ControlAnswers(telling.reign(), broker, telling);
    }

    BrokerRegistration registration() {
        return broker;
    }

    /** Tells it its part of the announcements, and hands each request that this takes to the witness. */
    void tell(Announcements announcements, Consumer<Body> witness) {
        outbox.add(announcements);
        Optional<Outbox.Batch> batch = outbox.next();
        while (batch.isPresent()) {
            switch (batch.get()) {
                case Outbox.Batch.LeaderAndIsr told -> {
                    send(telling.requests().leaderAndIsr(told, broker.epoch(), LEADER_AND_ISR_VERSION), witness);
                    answer(told, ApiKeys.LEADER_AND_ISR, obeyed(told), LEADER_AND_ISR_VERSION);
                }
                case Outbox.Batch.UpdateMetadata told -> {
                    send(telling.metadata().of(told, METADATA_VERSION, broker.epoch()), witness);
                    answer(told, ApiKeys.UPDATE_METADATA, new UpdateMetadataResponseData(), METADATA_VERSION);
                }
                case Outbox.Batch.StopReplicas told -> {
                    // No replica is stopped in a rehearsal.
                }
            }
            batch = outbox.next();
        }
    }

    private static void send(Body body, Consumer<Body> witness) {
        witness.accept(body);
        RequestFrame frame = new RequestFrame(new RequestHeader(body.key(), body.version(), "rehearsal", 0), body);
        while (!frame.isEndOfInput()) {
            frame.readChunk(ByteBufAllocator.DEFAULT).release();
        }
    }

    private void answer(Outbox.Batch told, ApiKeys key, ApiMessage answer, short version) {
        ByteBuffer bytes = MessageUtil.toByteBuffer(answer, version);
        answers.take(told, BrokerAnswer.of(key, version, bytes));
    }

    private static LeaderAndIsrResponseData obeyed(Outbox.Batch.LeaderAndIsr told) {
        LeaderAndIsrResponseData answer = new LeaderAndIsrResponseData();
        for (TopicStates topic : told.topics()) {
            List<LeaderAndIsrPartitionError> partitions = new ArrayList<>(topic.size());
            for (int i = 0; i < topic.size(); i++) {
                partitions.add(new LeaderAndIsrPartitionError().setPartitionIndex(topic.number(i)));
            }
            answer.topics()
                    .add(new LeaderAndIsrTopicError()
                            .setTopicId(ControlRequests.topicId(topic))
                            .setPartitionErrors(partitions));
        }
        return answer;
    }
}
