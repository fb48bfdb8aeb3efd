package io.regent.cli.node;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One plain connection to one broker, to ask what that very broker believes: a Kafka client would ask any of them.
 *
 * <p>One thread at a time. Every call is bounded by the timeout given at the start; after an error the probe is of no use but to be closed.
 */
public final class BrokerProbe implements AutoCloseable {
    /** The highest version that every Kafka since 2.1 speaks. */
    private static final short METADATA_VERSION = 7;

    private static final short API_VERSIONS_VERSION = 0;
    private static final short DESCRIBE_QUORUM_VERSION = 0;

    /** No metadata reply of a cluster that a drill is run on comes near it; garbage read as a length does. */
    private static final int MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

    private static final String CLIENT_ID = "regent-probe";
    private static final String QUORUM_TOPIC = "__cluster_metadata";

    private final Socket socket;
    private final DataInputStream in;
    private int correlationId;
    private Boolean knowsQuorum;

    private BrokerProbe(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /**
     * Connects.
     *
     * @throws IOException when nobody listens or answers in time
     */
    @SuppressWarnings(
            "AddressSelection") // A broker is asked at the one address its name gives first, as its clients do.
    public static BrokerProbe connect(String host, int port, int timeoutMs) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMs);
            socket.connect(new InetSocketAddress(host, port), timeoutMs);
            return new BrokerProbe(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** What the broker tells of the cluster and of these topics; it creates none of them. */
    public MetadataResponse metadata(List<String> topics) throws IOException {
        return (MetadataResponse) ask(
                ApiKeys.METADATA, METADATA_VERSION, new MetadataRequest.Builder(topics, false).build(METADATA_VERSION));
    }

    /**
     * Who rules: the leader of the metadata quorum where there is one (KIP-595), else the controller of the broker's metadata, whose
     * epoch is not told.
     */
    public ControllerSeat controller() throws IOException {
        if (knowsQuorum == null) {
            knowsQuorum = advertisesQuorum();
        }
        if (knowsQuorum) {
            return quorumLeader();
        }
        MetadataResponse metadata = metadata(List.of());
        return metadata.controller() == null
                ? ControllerSeat.VACANT
                : new ControllerSeat(metadata.controller().id(), ControllerSeat.UNKNOWN_EPOCH);
    }

    private boolean advertisesQuorum() throws IOException {
        ApiVersionsResponse response = (ApiVersionsResponse) ask(
                ApiKeys.API_VERSIONS,
                API_VERSIONS_VERSION,
                new ApiVersionsRequest(new ApiVersionsRequestData(), API_VERSIONS_VERSION));
        return response.apiVersion(ApiKeys.DESCRIBE_QUORUM.id) != null;
    }

    private ControllerSeat quorumLeader() throws IOException {
        DescribeQuorumRequestData request =
                DescribeQuorumRequest.singletonRequest(new org.apache.kafka.common.TopicPartition(QUORUM_TOPIC, 0));
        DescribeQuorumResponse response = (DescribeQuorumResponse) ask(
                ApiKeys.DESCRIBE_QUORUM,
                DESCRIBE_QUORUM_VERSION,
                new DescribeQuorumRequest.Builder(request).build(DESCRIBE_QUORUM_VERSION));
        if (response.data().errorCode() != Errors.NONE.code()
                || response.data().topics().isEmpty()) {
            return ControllerSeat.VACANT;
        }
        var partition = response.data().topics().get(0).partitions().get(0);
        return partition.leaderId() < 0
                ? ControllerSeat.VACANT
                : new ControllerSeat(partition.leaderId(), partition.leaderEpoch());
    }

    /** Sends any request and waits for its answer. */
    public AbstractResponse ask(ApiKeys key, short version, AbstractRequest request) throws IOException {
        RequestHeader header = new RequestHeader(key, version, CLIENT_ID, correlationId++);
        ByteBuffer body = request.serializeWithHeader(header);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + body.remaining());
        frame.putInt(body.remaining()).put(body);
        socket.getOutputStream().write(frame.array());
        int length = in.readInt();
        if (length < 0 || length > MAX_RESPONSE_BYTES) {
            throw new IOException("a reply of " + length + " bytes: this is no Kafka listener in plain text");
        }
        byte[] reply = new byte[length];
        in.readFully(reply);
        try {
            return AbstractResponse.parseResponse(ByteBuffer.wrap(reply), header);
        } catch (RuntimeException e) {
            throw new IOException("a reply that is not Kafka's: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
