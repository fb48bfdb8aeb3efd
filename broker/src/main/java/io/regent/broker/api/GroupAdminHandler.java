package io.regent.broker.api;

import io.regent.broker.network.Request;
import java.util.List;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/**
 * Answers what administrators ask about groups: DescribeGroups, ListGroups and DeleteGroups.
 *
 * <p>Any request thread may call it; answers come from the coordinator's threads.
 */
final class GroupAdminHandler {
    private final GroupCoordinator coordinator;

    GroupAdminHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.DESCRIBE_GROUPS, this::describe)
                .register(ApiKeys.LIST_GROUPS, this::list)
                .register(ApiKeys.DELETE_GROUPS, this::delete);
    }

    private void describe(Request request) {
        DescribeGroupsRequest body = request.body(DescribeGroupsRequest.class);
        Answers.when(coordinator.describeGroups(request.context(), body.data().groups()), request, groups -> {
            if (body.data().includeAuthorizedOperations()) {
                allowAll(groups);
            }
            return new DescribeGroupsResponse(new DescribeGroupsResponseData().setGroups(groups));
        });
    }

    private static void allowAll(List<DescribedGroup> groups) {
        int operations = Answers.allOperations(ResourceType.GROUP);
        groups.stream()
                .filter(group -> group.errorCode() == Errors.NONE.code())
                .forEach(group -> group.setAuthorizedOperations(operations));
    }

    private void list(Request request) {
        ListGroupsRequest body = request.body(ListGroupsRequest.class);
        Answers.when(coordinator.listGroups(request.context(), body.data()), request, ListGroupsResponse::new);
    }

    private void delete(Request request) {
        DeleteGroupsRequest body = request.body(DeleteGroupsRequest.class);
        List<String> groups = body.data().groupsNames().stream().distinct().toList();
        Answers.when(
                coordinator.deleteGroups(request.context(), groups, BufferSupplier.NO_CACHING),
                request,
                results -> new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(results)));
    }
}
