package io.regent.controller.link;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.StopReplica;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
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
    void take(Outbox.Batch told, BrokerAnswer answer) {
        switch (answer) {
            case BrokerAnswer.LeaderAndIsr obeyed -> leaderAndIsr((Outbox.Batch.LeaderAndIsr) told, obeyed);
            case BrokerAnswer.Whole(StopReplicaResponse stopped) ->
                stopReplica((Outbox.Batch.StopReplicas) told, stopped);
            case BrokerAnswer.Whole(UpdateMetadataResponse updated) -> isObeyed("UpdateMetadata", updated.error());
            case BrokerAnswer.Whole(AbstractResponse other) ->
                throw new IllegalArgumentException("no answer to a control request: " + other);
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

    private void leaderAndIsr(Outbox.Batch.LeaderAndIsr told, BrokerAnswer.LeaderAndIsr answer) {
        if (!isObeyed("LeaderAndIsr", answer.error())) {
            return;
        }
        Map<Uuid, String> names = names(told.topics());
        PartitionSet.Builder accepted = PartitionSet.builder();
        PartitionSet.Builder failed = PartitionSet.builder();
        for (BrokerAnswer.LeaderAndIsr.Topic topic : answer.topics()) {
            String name = names.get(topic.id());
            if (name == null) {
                LOG.warn("[{}] broker {} answered LeaderAndIsr of {}", reign, broker.id(), topic.id());
            } else {
                accepted.addAll(name, topic.obeyed());
                topic.refusals().forEach(refusal -> refused(name, refusal, failed));
            }
        }
        tell(new Event.LeaderAndIsrAnswered(broker.id(), broker.epoch(), accepted.build(), failed.build()));
    }

    private static Map<Uuid, String> names(List<TopicStates> told) {
        Map<Uuid, String> names = HashMap.newHashMap(told.size());
        for (TopicStates topic : told) {
            names.put(ControlRequests.topicId(topic), topic.name());
        }
        return names;
    }

    private void refused(String topic, BrokerAnswer.LeaderAndIsr.Refusal refusal, PartitionSet.Builder failed) {
        if (refusal.error() == Errors.KAFKA_STORAGE_ERROR) {
            failed.add(topic, refusal.partition());
        } else if (refusal.error() == Errors.STALE_CONTROLLER_EPOCH) {
            // For a single partition: the broker is in this leader epoch already.
            LOG.debug("[{}] broker {} knew the state of {}-{}", reign, broker.id(), topic, refusal.partition());
        } else {
            LOG.warn(
                    "[{}] broker {} answered LeaderAndIsr of {}-{} with {}",
                    reign,
                    broker.id(),
                    topic,
                    refusal.partition(),
                    refusal.error());
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
