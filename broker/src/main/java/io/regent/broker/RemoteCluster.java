package io.regent.broker;

import io.regent.broker.api.BrokerApis;
import io.regent.broker.api.ProducerIds;
import io.regent.broker.config.ConfigStore;
import io.regent.broker.replica.ControllerChannel;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AllocateProducerIdsRequest;
import org.apache.kafka.common.requests.AllocateProducerIdsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;

/**
 * The rest of the cluster as request handlers need it: over the channel to the controller, whether that is a Regent or a
 * Kafka broker, and over ZooKeeper.
 *
 * <p>Any thread may call it; no call waits.
 *
 * @param brokerEpoch the present life of this broker
 * @param timeoutMs request.timeout.ms
 */
record RemoteCluster(
        int brokerId, LongSupplier brokerEpoch, ControllerChannel channel, ConfigStore configs, long timeoutMs)
        implements BrokerApis.Remote {

    @Override
    public CompletableFuture<ProducerIds.Block> reserveProducerIds() {
        AllocateProducerIdsRequest.Builder request = new AllocateProducerIdsRequest.Builder(
                new AllocateProducerIdsRequestData().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch.getAsLong()));
        return channel.send(request, timeoutMs)
                .thenApply(response -> block(((AllocateProducerIdsResponse) response.responseBody()).data()));
    }

    private static ProducerIds.Block block(AllocateProducerIdsResponseData data) {
        Errors.forCode(data.errorCode()).maybeThrow();
        return new ProducerIds.Block(data.producerIdStart(), data.producerIdStart() + data.producerIdLen() - 1);
    }

    @Override
    public CompletableFuture<CreateTopicsResponse> createTopics(CreateTopicsRequest.Builder request) {
        return channel.send(request, timeoutMs).thenApply(response -> (CreateTopicsResponse) response.responseBody());
    }
}
