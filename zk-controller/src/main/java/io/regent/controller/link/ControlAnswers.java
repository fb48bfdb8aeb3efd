package io.regent.controller.link;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.PartitionSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.StopReplicaRequestData.StopReplicaPartitionState;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.StopReplicaRequest;
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

    void take(AbstractRequest request, AbstractResponse response) {
        switch (response) {
            case LeaderAndIsrResponse answer -> leaderAndIsr((LeaderAndIsrRequest) request, answer);
            case StopReplicaResponse answer -> stopReplica((StopReplicaRequest) request, answer);
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

    private void leaderAndIsr(LeaderAndIsrRequest request, LeaderAndIsrResponse response) {
        if (!isObeyed("LeaderAndIsr", response.error())) {
            return;
        }
        PartitionSet.Builder accepted = PartitionSet.builder();
        PartitionSet.Builder failed = PartitionSet.builder();
        Map<Uuid, String> names = new HashMap<>();
        request.topicIds().forEach((name, id) -> names.put(id, name));
        response.partitionErrors(names).forEach((partition, error) -> {
            if (error == Errors.NONE) {
                accepted.add(partition.topic(), partition.partition());
            } else if (error == Errors.KAFKA_STORAGE_ERROR) {
                failed.add(partition.topic(), partition.partition());
            } else if (error == Errors.STALE_CONTROLLER_EPOCH) {
                // For a single partition: the broker is in this leader epoch already.
                LOG.debug("[{}] broker {} knew the state of {}", reign, broker.id(), partition);
            } else {
                LOG.warn("[{}] broker {} answered LeaderAndIsr of {} with {}", reign, broker.id(), partition, error);
            }
        });
        tell(new Event.LeaderAndIsrAnswered(broker.id(), broker.epoch(), accepted.build(), failed.build()));
    }

    private void stopReplica(StopReplicaRequest request, StopReplicaResponse response) {
        if (!isObeyed("StopReplica", response.error())) {
            return;
        }
        Set<TopicPartition> failed = new HashSet<>();
        for (StopReplicaPartitionError each : response.partitionErrors()) {
            if (each.errorCode() != Errors.NONE.code()) {
                TopicPartition partition = new TopicPartition(each.topicName(), each.partitionIndex());
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
        request.partitionStates().forEach((partition, state) -> {
            if (isDeleted(partition, state, failed)) {
                deleted.add(partition.topic(), partition.partition());
            }
        });
        PartitionSet all = deleted.build();
        if (!all.isEmpty()) {
            tell(new Event.StopReplicaAnswered(broker.id(), broker.epoch(), all));
        }
    }

    private static boolean isDeleted(
            TopicPartition partition, StopReplicaPartitionState state, Set<TopicPartition> failed) {
        return state.deletePartition() && !failed.contains(partition);
    }

    private void tell(Event answer) {
        telling.tell(new LinkEvent.Answered(reign.epoch(), answer));
    }
}
