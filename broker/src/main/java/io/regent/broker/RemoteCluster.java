package io.regent.broker;

import io.regent.broker.api.BrokerApis;
import io.regent.broker.api.ProducerIds;
import io.regent.broker.api.TopicOverrides;
import io.regent.broker.replica.ControllerChannel;
import io.regent.controller.zk.ClusterZnodes;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;

/**
 * The rest of the cluster as request handlers need it: over ZooKeeper, and over the channel to the controller.
 *
 * <p>Any thread may call it; no call waits.
 *
 * @param timeoutMs request.timeout.ms
 */
record RemoteCluster(
        int brokerId, ClusterZnodes znodes, ControllerChannel channel, TopicOverrides topicOverrides, long timeoutMs)
        implements BrokerApis.Remote {

    @Override
    public CompletableFuture<ProducerIds.Block> reserveProducerIds() {
        return znodes.nextProducerIdBlock(brokerId)
                .thenApply(block -> new ProducerIds.Block(block.first(), block.last()));
    }

    @Override
    public CompletableFuture<CreateTopicsResponse> createTopics(CreateTopicsRequest.Builder request) {
        return channel.send(request, timeoutMs).thenApply(response -> (CreateTopicsResponse) response.responseBody());
    }
}
