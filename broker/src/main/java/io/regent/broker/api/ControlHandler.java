package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.replica.ReplicaManager;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.UpdateMetadataRequest;

/**
 * Answers what the controller orders: LeaderAndIsr, StopReplica and UpdateMetadata.
 *
 * <p>Called by request threads. The orders of one connection are carried out in the order in which they came, also those
 * that must wait until ZooKeeper has confirmed their controller's epoch.
 */
final class ControlHandler {
    private final ReplicaManager replicas;

    ControlHandler(ReplicaManager replicas) {
        this.replicas = replicas;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.LEADER_AND_ISR, this::leaderAndIsr)
                .register(ApiKeys.STOP_REPLICA, this::stopReplica)
                .register(ApiKeys.UPDATE_METADATA, this::updateMetadata);
    }

    private void leaderAndIsr(Request request) {
        Answers.when(replicas.leaderAndIsr(request.body(LeaderAndIsrRequest.class)), request, response -> response);
    }

    private void stopReplica(Request request) {
        Answers.when(replicas.stopReplica(request.body(StopReplicaRequest.class)), request, response -> response);
    }

    private void updateMetadata(Request request) {
        Answers.when(replicas.updateMetadata(request.body(UpdateMetadataRequest.class)), request, response -> response);
    }
}
