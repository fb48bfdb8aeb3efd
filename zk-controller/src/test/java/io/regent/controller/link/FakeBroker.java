package io.regent.controller.link;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.LeaderAndIsrResponseData;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrPartitionError;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrTopicError;
import org.apache.kafka.common.message.StopReplicaResponseData;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.message.UpdateMetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.StopReplicaRequest;
import org.apache.kafka.common.requests.StopReplicaResponse;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.apache.kafka.common.requests.UpdateMetadataResponse;

/** A broker that remembers the control requests it is sent, and answers them as the test says. */
public final class FakeBroker implements AutoCloseable {

    final List<AbstractRequest> requests = new CopyOnWriteArrayList<>();
    /** Gives the answer, or null to hang up without one. */
    volatile Function<AbstractRequest, AbstractResponse> answers = FakeBroker::obedient;

    volatile short highestLeaderAndIsr = ApiKeys.LEADER_AND_ISR.latestVersion();
    volatile short highestApiVersions = ApiKeys.API_VERSIONS.latestVersion();

    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    public FakeBroker() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("fake-broker").start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    public <T extends AbstractRequest> List<T> all(Class<T> type) {
        return requests.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** From here on no replica that it is told to delete is gone. */
    public void ignoreStops() {
        answers = request -> request instanceof StopReplicaRequest ? null : obedient(request);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("fake-broker-connection").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The broker was closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                ByteBuffer buffer = ByteBuffer.wrap(frame);
                RequestHeader header = RequestHeader.parse(buffer);
                AbstractRequest request =
                        AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(), buffer).request;
                AbstractResponse response;
                short version = header.apiVersion();
                if (request instanceof ApiVersionsRequest) {
                    response = versions(version);
                    version = version > highestApiVersions ? 0 : version;
                } else {
                    requests.add(request);
                    response = answers.apply(request);
                }
                if (response == null) {
                    return;
                }
                write(out, header, response, version);
            }
        } catch (IOException e) {
            // The controller hung up, or the broker was closed.
        }
    }

    private ApiVersionsResponse versions(short asked) {
        ApiVersionsResponseData data = new ApiVersionsResponseData();
        for (ApiKeys key :
                List.of(ApiKeys.API_VERSIONS, ApiKeys.LEADER_AND_ISR, ApiKeys.UPDATE_METADATA, ApiKeys.STOP_REPLICA)) {
            data.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(key.id)
                            .setMinVersion(key.oldestVersion())
                            .setMaxVersion(key == ApiKeys.LEADER_AND_ISR ? highestLeaderAndIsr : key.latestVersion()));
        }
        if (asked > highestApiVersions) {
            data.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        }
        return new ApiVersionsResponse(data);
    }

    private static void write(DataOutputStream out, RequestHeader header, AbstractResponse response, short version)
            throws IOException {
        ByteBuffer body = RequestUtils.serialize(
                header.toResponseHeader().data(), header.toResponseHeader().headerVersion(), response.data(), version);
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    static AbstractResponse obedient(AbstractRequest request) {
        return switch (request) {
            case LeaderAndIsrRequest asked -> leaderAndIsr(asked, Errors.NONE);
            case StopReplicaRequest asked -> {
                StopReplicaResponseData data = new StopReplicaResponseData();
                asked.partitionStates()
                        .forEach((partition, state) -> data.partitionErrors()
                                .add(new StopReplicaPartitionError()
                                        .setTopicName(partition.topic())
                                        .setPartitionIndex(partition.partition())));
                yield new StopReplicaResponse(data);
            }
            case UpdateMetadataRequest asked -> new UpdateMetadataResponse(new UpdateMetadataResponseData());
            default -> throw new IllegalArgumentException(request.toString());
        };
    }

    /** The same error for each partition. */
    static LeaderAndIsrResponse leaderAndIsr(LeaderAndIsrRequest asked, Errors error) {
        LeaderAndIsrResponseData data = new LeaderAndIsrResponseData();
        Map<String, Uuid> ids = asked.topicIds();
        asked.partitionStates().forEach(state -> {
            Uuid id = ids.get(state.topicName());
            LeaderAndIsrTopicError topic = data.topics().find(id);
            if (topic == null) {
                topic = new LeaderAndIsrTopicError().setTopicId(id);
                data.topics().add(topic);
            }
            topic.partitionErrors()
                    .add(new LeaderAndIsrPartitionError()
                            .setPartitionIndex(state.partitionIndex())
                            .setErrorCode(error.code()));
        });
        return new LeaderAndIsrResponse(data, asked.version());
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
