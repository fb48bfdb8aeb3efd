package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas set, described and felt, over a real ZooKeeper. */
class ClientQuotaRequestsTest {
    @TempDir
    private static Path dir;

    private static TestCluster cluster;
    private static BrokerServer broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(dir);
        broker = cluster.start(1);
        admin = TestCluster.admin(broker);
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    @Test
    void quotasAreSetDescribedAndTakenAway() throws Exception {
        ClientQuotaEntity app = new ClientQuotaEntity(Map.of("user", "al ice", "client-id", "app"));
        alter(app, "producer_byte_rate", 1024.0);
        alter(app, "request_percentage", 12.5);
        alter(new ClientQuotaEntity(Map.of("ip", "127.0.0.9")), "connection_creation_rate", 5.0);

        assertThat(all())
                .containsEntry(app, Map.of("producer_byte_rate", 1024.0, "request_percentage", 12.5))
                .containsKey(new ClientQuotaEntity(Map.of("ip", "127.0.0.9")));

        alter(app, "producer_byte_rate", null);
        alter(app, "request_percentage", null);
        assertThat(all()).doesNotContainKey(app);
    }

    @Test
    void quotasThatCannotBeAreRefusedByName() {
        ClientQuotaEntity app = new ClientQuotaEntity(Map.of("client-id", "bad"));
        refused(app, "no_such_quota", 1.0, "no_such_quota");
        refused(app, "producer_byte_rate", 1.5, "producer_byte_rate must be a LONG value");
        refused(app, "controller_mutation_rate", 1.0, "controller_mutation_rate");
        refused(new ClientQuotaEntity(Map.of("ip", "no such host")), "connection_creation_rate", 1.0, "no such host");
    }

    @Test
    void credentialsAreKeptBesideQuotas() throws Exception {
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        scram(new UserScramCredentialUpsertion("bob", info, "secret"));
        alter(new ClientQuotaEntity(Map.of("user", "bob")), "producer_byte_rate", 1_000_000.0);

        assertThat(admin.describeUserScramCredentials()
                        .all()
                        .get(10, TimeUnit.SECONDS)
                        .get("bob")
                        .credentialInfos())
                .containsExactly(info);
        scram(new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_512));
        assertThat(admin.describeUserScramCredentials().all().get(10, TimeUnit.SECONDS))
                .doesNotContainKey("bob");
        assertThat(all()).containsKey(new ClientQuotaEntity(Map.of("user", "bob")));
    }

    @Test
    void credentialsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> scram(new UserScramCredentialDeletion("nobody", ScramMechanism.SCRAM_SHA_256)))
                .hasCauseInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> scram(new UserScramCredentialUpsertion(
                        "bob", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 1), "secret")))
                .hasCauseInstanceOf(UnacceptableCredentialException.class);
        assertThatThrownBy(() -> admin.describeUserScramCredentials(List.of("nobody"))
                        .description("nobody")
                        .get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ResourceNotFoundException.class);
    }

    private static void scram(UserScramCredentialAlteration alteration) throws Exception {
        admin.alterUserScramCredentials(List.of(alteration)).all().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aProducerFeelsItsQuota() throws Exception {
        alter(new ClientQuotaEntity(Map.of("client-id", "slow")), "producer_byte_rate", 10_000.0);
        Map<String, Object> settings = Map.of("bootstrap.servers", TestCluster.address(broker), "client.id", "slow");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            Awaitility.await("the producer is throttled")
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> {
                        producer.send(new ProducerRecord<>("orders", new byte[20_000]))
                                .get(15, TimeUnit.SECONDS);
                        return producer.metrics().values().stream()
                                .filter(metric -> metric.metricName().name().equals("produce-throttle-time-max"))
                                .anyMatch(metric -> (double) metric.metricValue() > 0);
                    });
        }
    }

    private static void alter(ClientQuotaEntity entity, String key, Double value) throws Exception {
        admin.alterClientQuotas(
                        List.of(new ClientQuotaAlteration(entity, List.of(new ClientQuotaAlteration.Op(key, value)))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private static void refused(ClientQuotaEntity entity, String key, double value, String why) {
        assertThatThrownBy(() -> alter(entity, key, value))
                .hasCauseInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(why);
    }

    private static Map<ClientQuotaEntity, Map<String, Double>> all() throws Exception {
        return admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get(10, TimeUnit.SECONDS);
    }
}
