package io.regent.broker.replica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.OperationNotAttemptedException;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends ISR changes to the controller: one request at a time, with all that gathered while the one before was under way.
 * Any thread may propose; it never blocks. A proposal stays until a controller has answered it, or a newer one of the
 * same partition takes its place, so there is at most one waiting for each partition led here.
 */
public final class AlterPartitionSender implements AlterPartitionChannel {
    private static final Logger LOG = LoggerFactory.getLogger(AlterPartitionSender.class);

    /** Keeps a request well below socket.request.max.bytes; the rest goes with the next. */
    private static final int MAX_PARTITIONS_PER_REQUEST = 10_000;

    /** Before the same request goes out again that a controller refused as a whole. */
    private static final long REFUSED_PAUSE_MS = 50;

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final ControllerChannel channel;
    private final Map<TopicPartition, Item> waiting = new LinkedHashMap<>();
    private boolean inFlight;

    private record Item(Proposal proposal, CompletableFuture<Confirmed> result) {
        TopicPartition partition() {
            return proposal.partition().topicPartition();
        }
    }

    /** @param channel its own: a slow request of another kind must not hold up ISR changes */
    public AlterPartitionSender(int brokerId, LongSupplier brokerEpoch, ControllerChannel channel) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.channel = channel;
    }

    @Override
    public CompletableFuture<Confirmed> alter(Proposal proposal) {
        Item item = new Item(proposal, new CompletableFuture<>());
        Item replaced;
        synchronized (this) {
            replaced = waiting.put(item.partition(), item);
        }
        if (replaced != null) {
            replaced.result.completeExceptionally(new OperationNotAttemptedException(
                    "A newer ISR change of " + item.partition() + " took its place"));
        }
        sendNext();
        return item.result;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whatever comes of it goes to answered()
    private void sendNext() {
        List<Item> batch;
        synchronized (this) {
            if (inFlight || waiting.isEmpty()) {
                return;
            }
            inFlight = true;
            batch = waiting.values().stream().limit(MAX_PARTITIONS_PER_REQUEST).toList();
            batch.forEach(item -> waiting.remove(item.partition()));
        }
        Map<Uuid, String> names = new HashMap<>();
        AlterPartitionRequest.Builder request = request(batch, names);
        channel.send(request, Long.MAX_VALUE)
                .whenComplete((response, failure) -> answered(batch, names, response, failure));
    }

    private AlterPartitionRequest.Builder request(List<Item> batch, Map<Uuid, String> names) {
        Map<String, AlterPartitionRequestData.TopicData> topics = new LinkedHashMap<>();
        boolean allHaveIds = true;
        for (Item item : batch) {
            String name = item.partition().topic();
            Uuid id = item.proposal.partition().topicId();
            allHaveIds &= !id.equals(Uuid.ZERO_UUID);
            names.put(id, name);
            topics.computeIfAbsent(
                            name,
                            key -> new AlterPartitionRequestData.TopicData()
                                    .setTopicName(key)
                                    .setTopicId(id))
                    .partitions()
                    .add(partitionData(item.proposal));
        }
        AlterPartitionRequestData data = new AlterPartitionRequestData()
                .setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch.getAsLong())
                .setTopics(new ArrayList<>(topics.values()));
        return new AlterPartitionRequest.Builder(data, allHaveIds);
    }

    private static AlterPartitionRequestData.PartitionData partitionData(Proposal proposal) {
        return new AlterPartitionRequestData.PartitionData()
                .setPartitionIndex(proposal.partition().partition())
                .setLeaderEpoch(proposal.leaderEpoch())
                .setPartitionEpoch(proposal.partitionEpoch())
                .setNewIsrWithEpochs(proposal.isr().stream()
                        .map(member ->
                                new BrokerState().setBrokerId(member.brokerId()).setBrokerEpoch(member.brokerEpoch()))
                        .toList());
    }

    private void answered(List<Item> batch, Map<Uuid, String> names, ClientResponse response, Throwable failure) {
        if (failure != null) {
            batch.forEach(item -> item.result.completeExceptionally(failure));
            proceed();
            return;
        }
        AlterPartitionResponseData data = ((AlterPartitionResponse) response.responseBody()).data();
        Errors error = Errors.forCode(data.errorCode());
        if (error != Errors.NONE) {
            LOG.warn("The controller refused ISR changes of {} partitions, trying again: {}", batch.size(), error);
            putBack(batch);
            CompletableFuture.delayedExecutor(REFUSED_PAUSE_MS, TimeUnit.MILLISECONDS)
                    .execute(this::proceed);
            return;
        }
        settle(batch, byPartition(data, names, response.requestHeader().apiVersion()));
        proceed();
    }

    private static Map<TopicPartition, AlterPartitionResponseData.PartitionData> byPartition(
            AlterPartitionResponseData data, Map<Uuid, String> names, short version) {
        Map<TopicPartition, AlterPartitionResponseData.PartitionData> all = new HashMap<>();
        for (AlterPartitionResponseData.TopicData topic : data.topics()) {
            String name = version > 1 ? names.get(topic.topicId()) : topic.topicName();
            topic.partitions()
                    .forEach(partition ->
                            all.put(new TopicPartition(String.valueOf(name), partition.partitionIndex()), partition));
        }
        return all;
    }

    private void settle(List<Item> batch, Map<TopicPartition, AlterPartitionResponseData.PartitionData> answers) {
        List<Item> unanswered = new ArrayList<>();
        for (Item item : batch) {
            AlterPartitionResponseData.PartitionData answer = answers.get(item.partition());
            if (answer == null) {
                LOG.warn("The controller's answer left {} out; asking again", item.partition());
                unanswered.add(item);
            } else if (answer.errorCode() != Errors.NONE.code()) {
                item.result.completeExceptionally(
                        Errors.forCode(answer.errorCode()).exception());
            } else {
                item.result.complete(new Confirmed(
                        answer.leaderId(), answer.leaderEpoch(), answer.partitionEpoch(), Set.copyOf(answer.isr())));
            }
        }
        putBack(unanswered);
    }

    private synchronized void putBack(List<Item> items) {
        for (Item item : items) {
            Item newer = waiting.putIfAbsent(item.partition(), item);
            if (newer != null) {
                item.result.completeExceptionally(new OperationNotAttemptedException(
                        "A newer ISR change of " + item.partition() + " took its place"));
            }
        }
    }

    private void proceed() {
        synchronized (this) {
            inFlight = false;
        }
        sendNext();
    }
}
