package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.controller.Reign;
import io.regent.controller.loop.StoreEvent;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deaths are written into ZooKeeper behind guards, so that a late or wrong notice removes nobody else. */
class ZkStoreDeathTest {

    private static final String REGISTRATION =
            "{\"features\":{},\"listener_security_protocol_map\":{\"PLAINTEXT\":\"PLAINTEXT\"},"
                    + "\"endpoints\":[\"PLAINTEXT://127.0.0.1:19092\"],\"jmx_port\":-1,\"port\":19092,"
                    + "\"host\":\"127.0.0.1\",\"version\":5,\"timestamp\":\"1795288331132\"}";

    private ZkFixture zk;
    private ZkStore ruler;
    private StoreProbe rulerProbe;
    private Reign reign;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        ruler = zk.own(new ZkStore(zk.session("ruler"), 1, () -> false));
        rulerProbe = new StoreProbe();
        ruler.start(rulerProbe);
        rulerProbe.awaitEvent(StoreEvent.SessionBegan.class);
        ruler.contest();
        reign = rulerProbe.awaitEvent(StoreEvent.Loaded.class).reign();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private ZkStore standby(StoreProbe probe) {
        ZkStore standby = zk.own(new ZkStore(zk.session("standby"), 2, () -> false));
        standby.start(probe);
        probe.awaitEvent(StoreEvent.ControllerObserved.class, StoreEvent.ControllerObserved::exists);
        probe.awaitEvent(StoreEvent.EpochObserved.class);
        return standby;
    }

    @Test
    void aStandbyRemovesTheControllerThatDied() {
        StoreProbe probe = new StoreProbe();
        standby(probe).depose(1);
        probe.awaitEvent(StoreEvent.ControllerObserved.class, observed -> !observed.exists());
    }

    @Test
    void aStandbyTakesThePlaceOfTheControllerThatDiedInOneStep() {
        StoreProbe probe = new StoreProbe();
        standby(probe).succeed(1);
        assertThat(probe.awaitEvent(StoreEvent.Loaded.class).reign())
                .isEqualTo(new Reign(2, reign.epoch() + 1, reign.epochVersion() + 1));
    }

    @Test
    void ofTwoStandbysThatSawTheDeathOneRulesAndTheOtherFollowsIt() {
        StoreProbe first = new StoreProbe();
        StoreProbe second = new StoreProbe();
        ZkStore one = standby(first);
        ZkStore two = standby(second);
        one.succeed(1);
        two.succeed(1);
        List<StoreProbe> both = List.of(first, second);
        await().until(() -> both.stream()
                        .anyMatch(probe -> !probe.all(StoreEvent.Loaded.class).isEmpty())
                && both.stream()
                        .anyMatch(probe -> !probe.all(StoreEvent.Lost.class).isEmpty()));
    }

    @Test
    void nobodysPlaceIsTakenForTheDeathOfAnotherNode() throws Exception {
        StoreProbe probe = new StoreProbe();
        standby(probe).succeed(7);
        assertThat(probe.awaitEvent(StoreEvent.Lost.class).owner()).isEqualTo(OptionalInt.of(1));
        assertThat(zk.read("/controller_epoch")).isEqualTo(Integer.toString(reign.epoch()));
    }

    @Test
    void aNoticeOfAnotherNodesDeathDoesNotDepose() throws Exception {
        StoreProbe probe = new StoreProbe();
        ZkStore standby = standby(probe);
        standby.depose(7);
        standby.contest();
        probe.awaitEvent(StoreEvent.Lost.class);
        assertThat(zk.exists("/controller")).isTrue();
    }

    @Test
    void theControllerRemovesTheRegistrationOfABrokerThatDied() throws Exception {
        zk.createEphemeral("/brokers/ids/2", REGISTRATION);
        long czxid = zk.stat("/brokers/ids/2").getCzxid();
        rulerProbe.awaitEvent(
                StoreEvent.BrokersObserved.class,
                observed -> !observed.brokers().isEmpty());
        rulerProbe.forget();

        ruler.evict(reign, 2, czxid);

        rulerProbe.awaitEvent(
                StoreEvent.BrokersObserved.class, observed -> observed.brokers().isEmpty());
    }

    @Test
    void theRegistrationOfALaterLifeStays() throws Exception {
        zk.createEphemeral("/brokers/ids/2", REGISTRATION);
        long czxid = zk.stat("/brokers/ids/2").getCzxid();
        zk.delete("/brokers/ids/2");
        zk.createEphemeral("/brokers/ids/2", REGISTRATION);

        ruler.evict(reign, 2, czxid);
        ruler.resign(reign);

        rulerProbe.awaitEvent(StoreEvent.ControllerObserved.class, observed -> !observed.exists());
        assertThat(zk.exists("/brokers/ids/2")).isTrue();
    }

    @Test
    void aDeposedControllerEvictsNobody() throws Exception {
        zk.createEphemeral("/brokers/ids/2", REGISTRATION);
        long czxid = zk.stat("/brokers/ids/2").getCzxid();
        zk.set("/controller_epoch", "8");

        ruler.evict(reign, 2, czxid);
        ruler.resign(reign);
        rulerProbe.awaitEvent(StoreEvent.EpochObserved.class, observed -> observed.epoch() == 8);

        assertThat(zk.exists("/brokers/ids/2")).isTrue();
        assertThat(zk.exists("/controller")).isTrue();
    }
}
