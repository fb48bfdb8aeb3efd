package io.regent.broker.api;

import io.regent.broker.network.Request;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/**
 * Answers what members of a consumer group send: JoinGroup, SyncGroup, Heartbeat and LeaveGroup.
 *
 * <p>Any request thread may call it; a member that has to wait for others is answered by the coordinator's threads.
 */
final class GroupMembershipHandler {
    private final GroupCoordinator coordinator;

    GroupMembershipHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.JOIN_GROUP, this::join)
                .register(ApiKeys.SYNC_GROUP, this::sync)
                .register(ApiKeys.HEARTBEAT, this::heartbeat)
                .register(ApiKeys.LEAVE_GROUP, this::leave);
    }

    private void join(Request request) {
        JoinGroupRequest body = request.body(JoinGroupRequest.class);
        Answers.when(
                coordinator.joinGroup(request.context(), body.data(), BufferSupplier.NO_CACHING),
                request,
                response -> new JoinGroupResponse(response, body.version()));
    }

    private void sync(Request request) {
        SyncGroupRequest body = request.body(SyncGroupRequest.class);
        if (!body.areMandatoryProtocolTypeAndNamePresent()) {
            throw new InconsistentGroupProtocolException(
                    "the protocol's type and name are mandatory from version 5 on");
        }
        Answers.when(
                coordinator.syncGroup(request.context(), body.data(), BufferSupplier.NO_CACHING),
                request,
                SyncGroupResponse::new);
    }

    private void heartbeat(Request request) {
        HeartbeatRequest body = request.body(HeartbeatRequest.class);
        Answers.when(coordinator.heartbeat(request.context(), body.data()), request, HeartbeatResponse::new);
    }

    private void leave(Request request) {
        LeaveGroupRequest body = request.body(LeaveGroupRequest.class);
        Answers.when(
                coordinator.leaveGroup(request.context(), body.normalizedData()),
                request,
                response -> new LeaveGroupResponse(response, body.version()));
    }
}
