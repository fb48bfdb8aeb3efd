package io.regent.controller.link;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.StopReplica;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrPartitionError;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrTopicError;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.StopReplicaResponse;
import org.apache.kafka.common.requests.UpdateMetadataResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes events of what one broker answers to the requests of one reign. Used by one thread. */
final class ControlAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(ControlAnswers.class);

    private final Reign reign;
    private final BrokerRegistration broker;
    private final Telling telling;

    ControlAnswers(Reign reign, BrokerRegistration broker, Telling telling) {
        this.reign = reign;
        this.broker = broker;
        this.telling = telling;
    }

    /** Takes the answer to a request that told this. */
    void take(Outbox.Batch told, AbstractResponse response) {
        switch (response) {
            case LeaderAndIsrResponse answer -> leaderAndIsr((Outbox.Batch.LeaderAndIsr) told, answer);
            case StopReplicaResponse answer -> stopReplica((Outbox.Batch.StopReplicas) told, answer);
            case UpdateMetadataResponse answer -> isObeyed("UpdateMetadata", answer.error());
            default -> throw new IllegalArgumentException("no answer to a control request: " + response);
        }
    }

    /** A stale broker epoch means that this life of the broker is over, which its registration tells too. */
    private boolean isObeyed(String what, Errors error) {
        if (error == Errors.NONE) {
            return true;
        }
        LOG.warn("[{}] broker {} answered {} with {}", reign, broker.id(), what, error);
        if (error == Errors.STALE_CONTROLLER_EPOCH) {
            telling.tell(new LinkEvent.Deposed(reign.epoch(), broker.id()));
        }
        return false;
    }

    private void leaderAndIsr(Outbox.Batch.LeaderAndIsr told, LeaderAndIsrResponse response) {
        if (!isObeyed("LeaderAndIsr", response.error())) {
            return;
        }
        Map<Uuid, String> names = new HashMap<>();
        for (TopicStates topic : told.topics()) {
            names.put(ControlRequests.topicId(topic), topic.name());
        }
        PartitionSet.Builder accepted = PartitionSet.builder();
        PartitionSet.Builder failed = PartitionSet.builder();
        for (LeaderAndIsrTopicError topic : response.data().topics()) {
            take(topic, names.get(topic.topicId()), accepted, failed);
        }
        tell(new Event.LeaderAndIsrAnswered(broker.id(), broker.epoch(), accepted.build(), failed.build()));
    }

    /** @param name of the topic; null when it was not told of */
    private void take(
            LeaderAndIsrTopicError topic, String name, PartitionSet.Builder accepted, PartitionSet.Builder failed) {
        if (name == null) {
            LOG.warn("[{}] broker {} answered LeaderAndIsr of {}", reign, broker.id(), topic.topicId());
            return;
        }
        BitSet obeyed = new BitSet();
        for (LeaderAndIsrPartitionError each : topic.partitionErrors()) {
            if (each.errorCode() == Errors.NONE.code()) {
                obeyed.set(each.partitionIndex());
            } else {
                refused(name, each, failed);
            }
        }
        accepted.addAll(name, obeyed);
    }

    private void refused(String topic, LeaderAndIsrPartitionError refusal, PartitionSet.Builder failed) {
        Errors error = Errors.forCode(refusal.errorCode());
        if (error == Errors.KAFKA_STORAGE_ERROR) {
            failed.add(topic, refusal.partitionIndex());
        } else if (error == Errors.STALE_CONTROLLER_EPOCH) {
            // For a single partition: the broker is in this leader epoch already.
            LOG.debug("[{}] broker {} knew the state of {}-{}", reign, broker.id(), topic, refusal.partitionIndex());
        } else {
            LOG.warn(
                    "[{}] broker {} answered LeaderAndIsr of {}-{} with {}",
                    reign,
                    broker.id(),
                    topic,
                    refusal.partitionIndex(),
                    error);
        }
    }

    private void stopReplica(Outbox.Batch.StopReplicas told, StopReplicaResponse response) {
        if (!isObeyed("StopReplica", response.error())) {
            return;
        }
        Set<PartitionId> failed = new HashSet<>();
        for (StopReplicaPartitionError each : response.partitionErrors()) {
            if (each.errorCode() != Errors.NONE.code()) {
                PartitionId partition = new PartitionId(each.topicName(), each.partitionIndex());
                failed.add(partition);
                LOG.warn(
                        "[{}] broker {} answered StopReplica of {} with {}",
                        reign,
                        broker.id(),
                        partition,
                        Errors.forCode(each.errorCode()));
            }
        }
        PartitionSet.Builder deleted = PartitionSet.builder();
        for (StopReplica stop : told.stops()) {
            if (stop.delete() && !failed.contains(stop.partition())) {
                deleted.add(stop.partition());
            }
        }
        PartitionSet all = deleted.build();
        if (!all.isEmpty()) {
            tell(new Event.StopReplicaAnswered(broker.id(), broker.epoch(), all));
        }
    }

    private void tell(Event answer) {
        telling.tell(new LinkEvent.Answered(reign.epoch(), answer));
    }
}
