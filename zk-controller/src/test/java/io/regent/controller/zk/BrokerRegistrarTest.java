package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerRegistrarTest {

    private static final String PATH = "/brokers/ids/1";

    private ZkFixture zk;
    private final List<Long> epochs = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private static BrokerRegistration broker(int port) {
        return new BrokerRegistration(
                1,
                -1,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", port)),
                Optional.of("r1"),
                -1,
                Map.of(),
                1795288331132L,
                5);
    }

    private static String json(int port) {
        return new String(BrokerZnode.encode(broker(port)), StandardCharsets.UTF_8);
    }

    private BrokerRegistrar registrar(CuratorSession session) {
        return new BrokerRegistrar(session, BrokerZnode.PARENT, epochs::add);
    }

    private BrokerRegistrar impatient(CuratorSession session) {
        return new BrokerRegistrar(session, BrokerZnode.PARENT, epochs::add, 500);
    }

    private long register(CuratorSession session) throws Exception {
        return registrar(session).register(broker(19091)).get(20, TimeUnit.SECONDS);
    }

    @Test
    void aBrokerRegistersAsKafkaDoes() throws Exception {
        long epoch = register(zk.session("b1"));
        Stat stat = zk.stat(PATH);
        assertThat(stat.getCzxid()).isEqualTo(epoch);
        assertThat(stat.getVersion()).as("created, then set").isEqualTo(1);
        assertThat(stat.getEphemeralOwner()).isNotZero();
        assertThat(zk.read(PATH)).isEqualTo(json(19091));
        assertThat(epochs).containsExactly(epoch);
    }

    // KAFKA-7165, KAFKA-6584
    @Test
    void aNewSessionRegistersAnewWithANewEpoch() throws Exception {
        CuratorSession session = zk.session("b1");
        long epoch = register(session);
        zk.expire(session);
        await().until(() -> epochs.size() == 2);
        assertThat(epochs.get(1)).isGreaterThan(epoch).isEqualTo(zk.stat(PATH).getCzxid());
    }

    @Test
    void aRegistrationThatVanishedIsMadeAgain() throws Exception {
        register(zk.session("b1"));
        zk.delete(PATH);
        await().until(() -> epochs.size() == 2);
        assertThat(zk.stat(PATH).getCzxid()).isEqualTo(epochs.get(1));
    }

    @Test
    void theRegistrationOfAnEarlierLifeIsReplacedAtOnce() throws Exception {
        zk.createEphemeral(PATH, json(19091));
        long earlier = zk.stat(PATH).getCzxid();
        long began = System.nanoTime();
        long epoch = register(zk.session("b1"));
        assertThat(epoch).isGreaterThan(earlier);
        assertThat(zk.stat(PATH).getCzxid()).isEqualTo(epoch);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(2_000);
    }

    @Test
    void anotherBrokersRegistrationIsNotTouchedAndIsNamedInTheEnd() throws Exception {
        zk.createEphemeral(PATH, json(29091));
        CompletableFuture<Long> registered = impatient(zk.session("b1")).register(broker(19091));
        assertThatThrownBy(() -> registered.get(20, TimeUnit.SECONDS))
                .hasMessageContaining("broker id 1 is taken by another live broker")
                .hasMessageContaining("29091");
        assertThat(zk.read(PATH)).isEqualTo(json(29091));
    }

    @Test
    void anotherBrokersRegistrationIsWaitedFor() throws Exception {
        zk.createEphemeral(PATH, json(29091));
        CompletableFuture<Long> registered = registrar(zk.session("b1")).register(broker(19091));
        assertThatThrownBy(() -> registered.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        zk.delete(PATH);
        registered.get(10, TimeUnit.SECONDS);
        assertThat(zk.read(PATH)).isEqualTo(json(19091));
    }

    @Test
    void twoBrokersOfTheSameIdAndAddressDoNotFight() throws Exception {
        CuratorSession first = zk.session("b1");
        register(first);
        long second = register(zk.session("b1-again"));
        await().during(500, TimeUnit.MILLISECONDS)
                .atMost(5, TimeUnit.SECONDS)
                .until(() -> zk.stat(PATH).getCzxid() == second);
    }

    @Test
    void aBrokerThatUnregistersStaysAway() throws Exception {
        BrokerRegistrar registrar = registrar(zk.session("b1"));
        registrar.register(broker(19091)).get(10, TimeUnit.SECONDS);
        registrar.unregister().get(10, TimeUnit.SECONDS);
        await().during(300, TimeUnit.MILLISECONDS).atMost(5, TimeUnit.SECONDS).until(() -> !zk.exists(PATH));
    }
}
