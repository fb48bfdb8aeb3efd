package io.regent.cli.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.StopReplicaResponseData;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.StopReplicaRequest;

/**
 * Answers one request of a controller to a broker as Kafka 3.9's broker does, and has the judge write down what it says.
 *
 * <p>Stateless; any thread.
 */
final class ControlAnswers {
    private static final int NO_TAGS = 0;

    /** An ApiVersions of a version nobody knows is answered in the first one, which everybody reads. */
    private static final short API_VERSIONS_FOR_ALL = 0;

    private final ControlScan scan;

    ControlAnswers(Catalog catalog) {
        this.scan = new ControlScan(catalog);
    }

    /**
     * The answer to a request, both without their lengths.
     *
     * @throws IllegalArgumentException when no controller would ask this of a broker
     */
    ByteBuffer answer(byte[] frame, ControlScan.Judge judge) {
        Cursor in = new Cursor(frame);
        short key = in.int16();
        short version = in.int16();
        int correlationId = in.int32();
        in.skipNullableString();
        ApiKeys api = ApiKeys.forId(key);
        if (api != ApiKeys.API_VERSIONS && api.requestHeaderVersion(version) >= 2) {
            in.skipTags();
        }
        return switch (api) {
            case API_VERSIONS -> reply(correlationId, false, apiVersions(version));
            case LEADER_AND_ISR ->
                scanned(correlationId, Channel.LEADER_AND_ISR, version, ControlScan.FIRST_LEADER_AND_ISR, in, judge);
            case UPDATE_METADATA ->
                scanned(correlationId, Channel.UPDATE_METADATA, version, ControlScan.FIRST_UPDATE_METADATA, in, judge);
            case STOP_REPLICA ->
                reply(correlationId, api.responseHeaderVersion(version) > 0, stopReplica(in.rest(), version));
            default -> throw new IllegalArgumentException("a " + api + " came to a broker that has no records");
        };
    }

    private ByteBuffer scanned(
            int correlationId, Channel channel, short version, short first, Cursor in, ControlScan.Judge judge) {
        if (version < first) {
            throw new IllegalArgumentException(
                    channel + " came in version " + version + "; this benchmark understands " + first + " and later");
        }
        return reply(correlationId, true, scan.scan(channel, version, in, judge));
    }

    private static byte[] apiVersions(short version) {
        boolean known = ApiKeys.API_VERSIONS.isVersionSupported(version);
        ApiVersionsResponseData data = new ApiVersionsResponseData()
                .setErrorCode((known ? Errors.NONE : Errors.UNSUPPORTED_VERSION).code())
                .setApiKeys(ApiVersionsResponse.collectApis(ApiKeys.zkBrokerApis(), false));
        return bytes(data, known ? version : API_VERSIONS_FOR_ALL);
    }

    private static byte[] stopReplica(ByteBuffer body, short version) {
        List<StopReplicaPartitionError> stopped = new ArrayList<>();
        StopReplicaRequest.parse(body, version)
                .partitionStates()
                .forEach((partition, state) -> stopped.add(new StopReplicaPartitionError()
                        .setTopicName(partition.topic())
                        .setPartitionIndex(partition.partition())));
        return bytes(new StopReplicaResponseData().setPartitionErrors(stopped), version);
    }

    private static byte[] bytes(ApiMessage message, short version) {
        ByteBuffer buffer = MessageUtil.toByteBuffer(message, version);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static ByteBuffer reply(int correlationId, boolean flexibleHeader, byte[] body) {
        ByteBuffer reply = ByteBuffer.allocate(Integer.BYTES + 1 + body.length).putInt(correlationId);
        if (flexibleHeader) {
            reply.put((byte) NO_TAGS);
        }
        return reply.put(body).flip();
    }
}
