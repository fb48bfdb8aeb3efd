package io.regent.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.yammer.metrics.core.MetricsRegistry;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.BufferSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupSeatTest {
    private static final String GROUP = "readers";
    private static final TopicPartition PARTITION = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, 0);
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path dir;

    private LoggedPartitions partitions;
    private GroupSeat seat;

    @BeforeEach
    void seat() {
        partitions = new LoggedPartitions(dir);
        seat = newSeat();
    }

    @AfterEach
    void leave() throws Exception {
        seat.close();
        partitions.close();
    }

    @Test
    void aGroupJoinsSyncsBeatsAndCommits() throws Exception {
        lead(1);

        JoinGroupResponseData joined = join();
        SyncGroupResponseData synced = sync(joined);
        short beat = seat.coordinator()
                .heartbeat(context(ApiKeys.HEARTBEAT), heartbeat(joined))
                .get(10, TimeUnit.SECONDS)
                .errorCode();
        commit(joined, 42);

        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(synced.assignment()).containsExactly(7);
        assertThat(beat).isEqualTo(Errors.NONE.code());
        assertThat(committedOffset()).isEqualTo(42);
    }

    @Test
    void offsetsAndMembersSurviveAFailover() throws Exception {
        lead(1);
        JoinGroupResponseData joined = join();
        sync(joined);
        commit(joined, 42);

        seat.close();
        seat = newSeat();
        lead(2);

        awaitLoaded();
        assertThat(committedOffset()).isEqualTo(42);
        assertThat(seat.coordinator()
                        .heartbeat(context(ApiKeys.HEARTBEAT), heartbeat(joined))
                        .get(10, TimeUnit.SECONDS)
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    @Test
    void aBrokerThatResignedSendsItsGroupsAway() throws Exception {
        lead(1);
        awaitLoaded();

        partitions.loseLeadership(PARTITION);
        seat.onResigned(PARTITION, OptionalInt.of(2));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(fetch().errorCode()).isEqualTo(Errors.NOT_COORDINATOR.code()));
    }

    @Test
    void aResignationOfAnOlderEpochIsIgnored() throws Exception {
        lead(5);
        awaitLoaded();

        seat.onResigned(PARTITION, OptionalInt.of(4));

        assertThat(fetch().errorCode()).isEqualTo(Errors.NONE.code());
    }

    /** KAFKA-9307: a coordinator whose load failed must not stay without its groups for ever. */
    @Test
    void aFailedLoadIsTriedAgainWhileThePartitionIsLedHere() throws Exception {
        lead(1);
        commit(member(), 42);
        seat.close();
        seat = newSeat();
        partitions.unreadable = true;
        lead(2);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(fetch().errorCode()).isEqualTo(Errors.NOT_COORDINATOR.code()));

        partitions.unreadable = false;

        awaitLoaded();
        assertThat(committedOffset()).isEqualTo(42);
    }

    @Test
    void leadershipLostAndWonAgainDuringALoadEndsWithAllGroupsLoaded() throws Exception {
        lead(1);
        commit(member(), 42);
        seat.close();
        seat = newSeat();

        for (int epoch = 2; epoch < 40; epoch += 2) {
            lead(epoch);
            partitions.loseLeadership(PARTITION);
            seat.onResigned(PARTITION, OptionalInt.of(epoch + 1));
        }
        lead(40);

        awaitLoaded();
        assertThat(committedOffset()).isEqualTo(42);
    }

    @Test
    void offsetsOfDeletedPartitionsAreRemoved() throws Exception {
        lead(1);
        commit(member(), 42);

        seat.onPartitionsDeleted(List.of(new TopicPartition("events", 0)));

        await().atMost(SOON).untilAsserted(() -> assertThat(committedOffset()).isEqualTo(-1));
    }

    private GroupSeat newSeat() {
        GroupSeat created =
                new GroupSeat(1, LoggedPartitions.config(dir), partitions, new Metrics(), new MetricsRegistry());
        created.start(() -> 1);
        return created;
    }

    private void lead(int epoch) {
        partitions.lead(PARTITION, epoch);
        seat.onLeader(PARTITION, epoch);
    }

    private void awaitLoaded() {
        await().atMost(SOON).untilAsserted(() -> assertThat(fetch().errorCode()).isEqualTo(Errors.NONE.code()));
    }

    /** The only member of a stable group. */
    private JoinGroupResponseData member() throws Exception {
        JoinGroupResponseData joined = join();
        sync(joined);
        return joined;
    }

    private JoinGroupResponseData join() throws Exception {
        awaitLoaded();
        JoinGroupResponseData first = join("");
        assertThat(first.errorCode()).isEqualTo(Errors.MEMBER_ID_REQUIRED.code());
        JoinGroupResponseData joined = join(first.memberId());
        assertThat(joined.errorCode()).isEqualTo(Errors.NONE.code());
        return joined;
    }

    private JoinGroupResponseData join(String memberId) throws Exception {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {1}));
        return seat.coordinator()
                .joinGroup(
                        context(ApiKeys.JOIN_GROUP),
                        new JoinGroupRequestData()
                                .setGroupId(GROUP)
                                .setMemberId(memberId)
                                .setSessionTimeoutMs(30_000)
                                .setRebalanceTimeoutMs(30_000)
                                .setProtocolType(ConsumerProtocol.PROTOCOL_TYPE)
                                .setProtocols(protocols),
                        BufferSupplier.NO_CACHING)
                .get(10, TimeUnit.SECONDS);
    }

    private SyncGroupResponseData sync(JoinGroupResponseData joined) throws Exception {
        SyncGroupResponseData synced = seat.coordinator()
                .syncGroup(
                        context(ApiKeys.SYNC_GROUP),
                        new SyncGroupRequestData()
                                .setGroupId(GROUP)
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())
                                .setProtocolType(ConsumerProtocol.PROTOCOL_TYPE)
                                .setProtocolName("range")
                                .setAssignments(List.of(new SyncGroupRequestAssignment()
                                        .setMemberId(joined.memberId())
                                        .setAssignment(new byte[] {7}))),
                        BufferSupplier.NO_CACHING)
                .get(10, TimeUnit.SECONDS);
        assertThat(synced.errorCode()).isEqualTo(Errors.NONE.code());
        return synced;
    }

    private static HeartbeatRequestData heartbeat(JoinGroupResponseData joined) {
        return new HeartbeatRequestData()
                .setGroupId(GROUP)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId());
    }

    private void commit(JoinGroupResponseData joined, long offset) throws Exception {
        short error = seat.coordinator()
                .commitOffsets(
                        context(ApiKeys.OFFSET_COMMIT),
                        new OffsetCommitRequestData()
                                .setGroupId(GROUP)
                                .setMemberId(joined.memberId())
                                .setGenerationIdOrMemberEpoch(joined.generationId())
                                .setTopics(List.of(new OffsetCommitRequestTopic()
                                        .setName("events")
                                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                                .setPartitionIndex(0)
                                                .setCommittedOffset(offset))))),
                        BufferSupplier.NO_CACHING)
                .get(10, TimeUnit.SECONDS)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .errorCode();
        assertThat(error).isEqualTo(Errors.NONE.code());
    }

    private long committedOffset() throws Exception {
        return fetch().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .findFirst()
                .map(partition -> partition.committedOffset())
                .orElse(-1L);
    }

    private OffsetFetchResponseGroup fetch() throws Exception {
        return seat.coordinator()
                .fetchAllOffsets(context(ApiKeys.OFFSET_FETCH), new OffsetFetchRequestGroup().setGroupId(GROUP), false)
                .exceptionally(failure -> new OffsetFetchResponseGroup()
                        .setErrorCode(Errors.forException(failure).code()))
                .get(10, TimeUnit.SECONDS);
    }

    private static RequestContext context(ApiKeys key) {
        return new RequestContext(
                new RequestHeader(key, key.latestVersion(), "client", 1),
                "connection",
                InetAddress.getLoopbackAddress(),
                Optional.empty(),
                KafkaPrincipal.ANONYMOUS,
                new ListenerName("PLAINTEXT"),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false,
                Optional.empty());
    }
}
