package io.regent.controller.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.controller.link.BrokerAnswer.LeaderAndIsr;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrResponseData;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrPartitionError;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrTopicError;
import org.apache.kafka.common.message.UpdateMetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.requests.CorrelationIdMismatchException;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.UpdateMetadataResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read by hand of answers that Kafka's own classes wrote. */
class BrokerAnswerTest {

    private static final short LATEST = ApiKeys.LEADER_AND_ISR.latestVersion();
    private static final Errors[] OUTCOMES = {
        Errors.NONE, Errors.NONE, Errors.NONE, Errors.KAFKA_STORAGE_ERROR, Errors.STALE_CONTROLLER_EPOCH
    };

    private static LeaderAndIsr read(LeaderAndIsrResponseData written, short version) {
        ByteBuffer bytes = MessageUtil.toByteBuffer(written, version);
        BrokerAnswer read = BrokerAnswer.of(ApiKeys.LEADER_AND_ISR, version, bytes);
        assertThat(bytes.remaining()).isZero();
        return (LeaderAndIsr) read;
    }

    private static LeaderAndIsrTopicError topic(Uuid id, LeaderAndIsrPartitionError... partitions) {
        return new LeaderAndIsrTopicError().setTopicId(id).setPartitionErrors(List.of(partitions));
    }

    private static LeaderAndIsrPartitionError partition(int number, Errors error) {
        return new LeaderAndIsrPartitionError().setPartitionIndex(number).setErrorCode(error.code());
    }

    /** What nobody knows yet, and later versions may say. */
    private static RawTaggedField tag(int tag, int bytes) {
        return new RawTaggedField(tag, new byte[bytes]);
    }

    @ParameterizedTest
    @ValueSource(shorts = {5, 6, 7})
    void eachPartitionIsObeyedOrRefusedAsTheBrokerSays(short version) {
        Random random = new Random(version);
        LeaderAndIsrResponseData written = new LeaderAndIsrResponseData();
        List<LeaderAndIsr.Topic> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            LeaderAndIsrTopicError topic = new LeaderAndIsrTopicError().setTopicId(Uuid.randomUuid());
            BitSet obeyed = new BitSet();
            List<LeaderAndIsr.Refusal> refusals = new ArrayList<>();
            int partitions = random.nextInt(5);
            for (int j = 0; j < partitions; j++) {
                int number = 1_000 * j + random.nextInt(1_000);
                Errors outcome = OUTCOMES[random.nextInt(OUTCOMES.length)];
                topic.partitionErrors().add(partition(number, outcome));
                if (outcome == Errors.NONE) {
                    obeyed.set(number);
                } else {
                    refusals.add(new LeaderAndIsr.Refusal(number, outcome));
                }
            }
            written.topics().add(topic);
            expected.add(new LeaderAndIsr.Topic(topic.topicId(), obeyed, refusals));
        }

        assertThat(read(written, version)).isEqualTo(new LeaderAndIsr(Errors.NONE, expected));
    }

    @Test
    void anErrorOfTheWholeIsRead() {
        LeaderAndIsrResponseData written =
                new LeaderAndIsrResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code());
        assertThat(read(written, LATEST)).isEqualTo(new LeaderAndIsr(Errors.STALE_BROKER_EPOCH, List.of()));
    }

    @Test
    void fieldsThatNobodyKnowsYetAreSkipped() {
        Uuid id = Uuid.randomUuid();
        LeaderAndIsrPartitionError first = partition(0, Errors.NONE);
        first.unknownTaggedFields().add(tag(3, 200));
        LeaderAndIsrTopicError topic = topic(id, first, partition(1, Errors.NONE));
        topic.unknownTaggedFields().add(tag(0, 0));
        topic.unknownTaggedFields().add(tag(300, 5));
        LeaderAndIsrResponseData written = new LeaderAndIsrResponseData();
        written.topics().add(topic);
        written.unknownTaggedFields().add(tag(1, 1));

        LeaderAndIsr read = read(written, LATEST);

        assertThat(read.topics()).hasSize(1);
        assertThat(read.topics().get(0).obeyed().cardinality()).isEqualTo(2);
    }

    @Test
    void anAnswerThatIsCutOffIsNone() {
        LeaderAndIsrResponseData written = new LeaderAndIsrResponseData();
        written.topics().add(topic(Uuid.randomUuid(), partition(0, Errors.NONE), partition(1, Errors.NONE)));
        ByteBuffer whole = MessageUtil.toByteBuffer(written, LATEST);
        for (int length = 0; length < whole.limit(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            assertThatThrownBy(() -> BrokerAnswer.of(ApiKeys.LEADER_AND_ISR, LATEST, cut))
                    .as("%d bytes", length)
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void anAnswerToAnotherRequestIsNone() {
        RequestHeader request = new RequestHeader(ApiKeys.LEADER_AND_ISR, LATEST, "test", 7);
        ByteBuffer body = MessageUtil.toByteBuffer(new LeaderAndIsrResponseData(), LATEST);
        // Its correlation id, no tags, and the body.
        ByteBuffer frame = ByteBuffer.allocate(5 + body.remaining())
                .putInt(8)
                .put((byte) 0)
                .put(body)
                .flip();
        assertThatThrownBy(() -> BrokerAnswer.read(frame.duplicate(), request))
                .isInstanceOf(CorrelationIdMismatchException.class);
        assertThat(BrokerAnswer.read(frame.putInt(0, 7), request)).isEqualTo(new LeaderAndIsr(Errors.NONE, List.of()));
    }

    @Test
    void otherAnswersAreReadByKafkasClasses() {
        short version = ApiKeys.UPDATE_METADATA.latestVersion();
        ByteBuffer bytes = MessageUtil.toByteBuffer(new UpdateMetadataResponseData(), version);
        assertThat(BrokerAnswer.of(ApiKeys.UPDATE_METADATA, version, bytes))
                .isInstanceOfSatisfying(
                        BrokerAnswer.Whole.class,
                        whole -> assertThat(whole.response()).isInstanceOf(UpdateMetadataResponse.class));
    }
}
