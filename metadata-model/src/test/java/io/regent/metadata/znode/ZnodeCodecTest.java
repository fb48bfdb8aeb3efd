package io.regent.metadata.znode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ZnodeCodecTest {

    private static final PartitionId PARTITION = new PartitionId("t", 0);

    static List<String> znodesOfKafka() {
        return Codecs.lines("kafka-3.9.2.txt");
    }

    static List<String> badZnodes() {
        return Codecs.lines("bad.txt");
    }

    @ParameterizedTest
    @MethodSource("znodesOfKafka")
    void whatKafkaWroteIsWrittenAgainByteForByte(String line) throws BadZnodeException {
        String path = line.substring(0, line.indexOf(' '));
        String data = line.substring(line.indexOf(' ') + 1);

        assertThat(string(Codecs.rewrite(path, bytes(data)))).isEqualTo(data);
    }

    @ParameterizedTest
    @MethodSource("badZnodes")
    void badDataGiveAnErrorThatNamesPathAndReason(String line) {
        String path = line.substring(0, line.indexOf(' '));
        String data = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(" -> "));
        String reason = line.substring(line.lastIndexOf(" -> ") + 4);

        assertThatThrownBy(() -> Codecs.rewrite(path, bytes(data)))
                .isInstanceOf(BadZnodeException.class)
                .hasMessageContaining(path)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @MethodSource("znodesOfKafka")
    void missingEmptyAndNonUtf8DataAreNoValue(String line) {
        String path = line.substring(0, line.indexOf(' '));
        boolean isOverrides = path.startsWith("/config/") && !path.startsWith(ConfigChangeZnode.PARENT);
        if (isOverrides || path.equals(ProducerIdBlockZnode.PATH)) {
            return;
        }
        for (byte[] data : new byte[][] {null, {}, {'"', (byte) 0xff, (byte) 0xfe, '"'}}) {
            assertThatThrownBy(() -> Codecs.rewrite(path, data)).isInstanceOf(BadZnodeException.class);
        }
    }

    @Test
    void noProducerIdBlockIsReadUntilOneWasGivenOut() throws BadZnodeException {
        assertThat(ProducerIdBlockZnode.decode(null)).isEqualTo(ProducerIdBlock.NONE);
        assertThat(ProducerIdBlockZnode.decode(new byte[0])).isEqualTo(ProducerIdBlock.NONE);
    }

    @Test
    void unknownFieldsAreTolerated() throws BadZnodeException {
        String line = "{\"future\":{\"deep\":[1,{}]},\"controller_epoch\":1,\"leader\":1,\"version\":9,"
                + "\"leader_epoch\":2,\"isr\":[1],\"more\":null}";

        assertThat(PartitionStateZnode.decode(PARTITION, bytes(line), 3))
                .isEqualTo(new PartitionState(1, 2, Replicas.of(1), LeaderRecovery.RECOVERED, 1, 3));
    }

    @Test
    void aReassignmentThatNobodyCanActOnDoesNotHideTheOthers() throws BadZnodeException {
        String json = "{\"version\":1,\"partitions\":[{\"topic\":\"a\",\"partition\":0,\"replicas\":[1,1,-2]},"
                + "{\"topic\":\"a\",\"partition\":1,\"replicas\":[]},{\"topic\":\"a\",\"partition\":2,\"replicas\":[9]},"
                + "{\"topic\":\"a\",\"partition\":2,\"replicas\":[3]}]}";
        assertThat(ReassignPartitionsZnode.decode(json.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new TreeMap<>(Map.of(
                        new PartitionId("a", 0), Replicas.of(1, 1, -2),
                        new PartitionId("a", 1), Replicas.NONE,
                        new PartitionId("a", 2), Replicas.of(3))));
    }

    @Test
    void aTopicFromBeforeIdsAndReassignmentsIsRead() throws BadZnodeException {
        TopicZnode.Content topic =
                TopicZnode.decode("t", bytes("{\"version\":1,\"partitions\":{\"1\":[2],\"0\":[1]}}"));

        assertThat(topic.id()).isEqualTo(TopicId.NONE);
        assertThat(topic.assignments()).containsExactly(Assignment.of(Replicas.of(1)), Assignment.of(Replicas.of(2)));
    }

    @Test
    void aPartitionNumberThatIsLeftOutHasNoAssignment() throws BadZnodeException {
        TopicZnode.Content topic =
                TopicZnode.decode("t", bytes("{\"version\":2,\"partitions\":{\"2\":[2],\"0\":[1]}}"));

        assertThat(topic.assignments()[1].exists()).isFalse();
        assertThat(string(TopicZnode.encode(topic.id(), topic.assignments())))
                .startsWith("{\"partitions\":{\"0\":[1],\"2\":[2]}");
    }

    @Test
    void aRegistrationOfTheFirstVersionServesPlaintext() throws BadZnodeException {
        String line = "{\"version\":1,\"host\":\"h\",\"port\":9092,\"jmx_port\":9999,\"timestamp\":\"5\"}";

        BrokerRegistration broker = BrokerZnode.decode(3, bytes(line), 42);

        assertThat(broker.endpoints()).containsExactly(new Endpoint("PLAINTEXT", "PLAINTEXT", "h", 9092));
        assertThat(broker.epoch()).isEqualTo(42);
        assertThat(broker.jmxPort()).isEqualTo(9999);
        assertThat(broker.rack()).isEmpty();
    }

    @Test
    void aNullRackIsNoRack() throws BadZnodeException {
        String line = "{\"version\":4,\"endpoints\":[\"SSL://h:1\"],\"rack\":null}";

        assertThat(BrokerZnode.decode(3, bytes(line), 1).rack()).isEqualTo(Optional.empty());
    }

    @Test
    void aConfigurationWithoutDataHasNoOverrides() throws BadZnodeException {
        assertThat(ConfigZnode.decode("/config/users/alice", null)).isEqualTo(Map.of());
        assertThat(ConfigZnode.decode("/config/users/alice", new byte[0])).isEqualTo(Map.of());
    }

    @Test
    void aConfigChangeOfTheFirstVersionIsRead() throws BadZnodeException {
        String line = "{\"version\":1,\"entity_type\":\"topics\",\"entity_name\":\"t\"}";

        assertThat(ConfigChangeZnode.decode("/config/changes/config_change_0", bytes(line)))
                .isEqualTo("topics/t");
    }

    @Test
    void aNameThatIsNoBrokerIdIsRefused() {
        assertThatThrownBy(() -> BrokerZnode.brokerId("one")).hasMessageContaining("/brokers/ids/one");
        assertThatThrownBy(() -> BrokerZnode.brokerId("-1")).isInstanceOf(BadZnodeException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String string(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }
}
