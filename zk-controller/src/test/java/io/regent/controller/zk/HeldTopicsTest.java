package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is held of topics after readings in any order. */
class HeldTopicsTest {

    private static final PartitionId SECOND = new PartitionId("orders", 1);

    private final BadZnodes badZnodes = new BadZnodes();
    private final HeldTopics held = new HeldTopics(badZnodes, new Marks(), () -> TopicId.NONE);

    private static Optional<Znode> znode(String path, String data) {
        return Optional.of(new Znode(path, data.getBytes(StandardCharsets.UTF_8), 0, 1, 0));
    }

    private void readTopic(String data) {
        held.topicsRead(List.of("orders"), List.of(znode(TopicZnode.path("orders"), data), Optional.empty()), Set.of());
    }

    @BeforeEach
    void aTopicWhoseSecondPartitionNobodyCanRead() {
        readTopic("{\"version\":1,\"partitions\":{\"0\":[1],\"1\":[1]}}");
        held.statesRead(List.of(SECOND), List.of(znode(PartitionStateZnode.path(SECOND), "garbage")));
        assertThat(held.unreadable()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":1,\"partitions\":{\"0\":[1]}}",
                "{\"version\":1,\"partitions\":{\"0\":[2],\"3\":[1]}}"
            })
    void theGarbageOfAPartitionThatIsGoneIsForgotten(String topic) {
        readTopic(topic);

        assertThat(held.unreadable()).isEmpty();
        assertThat(badZnodes.count()).isZero();
    }

    @Test
    void ofATopicThatNobodyCanReadOnlyTheTopicIsNamed() {
        readTopic("garbage");

        assertThat(held.unreadable()).singleElement().asString().contains(TopicZnode.path("orders") + " ");
    }

    @Test
    void theGarbageOfAPartitionThatStaysIsRemembered() {
        readTopic("{\"version\":1,\"partitions\":{\"0\":[2],\"1\":[2]}}");

        assertThat(held.unreadable()).singleElement().asString().contains(PartitionStateZnode.path(SECOND));
    }
}
