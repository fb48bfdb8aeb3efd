package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that took effect although their reply was lost. */
class LostReplyTest extends LossyStore {

    private Reign win() {
        store.contest();
        return probe.awaitEvent(StoreEvent.Loaded.class).reign();
    }

    @Test
    void anElectionThatWasWonUnheardIsWon() throws Exception {
        zk.create("/controller_epoch", "6");
        proxy.loseNextMulti();

        Reign reign = win();

        assertThat(proxy.losses()).isEqualTo(1);
        assertThat(reign).isEqualTo(new Reign(1, 7, 1));
        assertThat(zk.read("/controller_epoch")).isEqualTo("7");
        store.commit(reign, 0, List.of(new Write.Create("/brokers/topics/t", ZkFixture.bytes("{}"))));
        probe.awaitEvent(StoreEvent.Committed.class);
    }

    @Test
    void aCommitWhoseReplyIsLostIsReportedAsUnknownAndNotRepeated() throws Exception {
        Reign reign = win();
        proxy.loseNextMulti();

        store.commit(reign, 3, List.of(new Write.Create("/brokers/topics/t", ZkFixture.bytes("{}"))));

        StoreEvent.CommitFailed failed = probe.awaitEvent(StoreEvent.CommitFailed.class);
        assertThat(failed.ticket()).isEqualTo(3);
        assertThat(failed.reason()).contains("fate is unknown");
        assertThat(zk.read("/brokers/topics/t")).as("it took effect").isEqualTo("{}");
        assertThat(zk.stat("/brokers/topics/t").getVersion()).isZero();
    }

    @Test
    void whatFollowsALostReplyIsNeverToldDurable() {
        Reign reign = win();
        proxy.loseNextMulti();
        for (int ticket = 0; ticket < 30; ticket++) {
            store.commit(reign, ticket, List.of(new Write.Create("/brokers/topics/t" + ticket, new byte[0])));
        }
        probe.awaitEvent(StoreEvent.CommitFailed.class, failed -> failed.ticket() == 29);
        assertThat(probe.all(StoreEvent.Committed.class)).isEmpty();
    }

    @Test
    void aReignWhoseResignationWasLostDoesNotLeaveTheClusterWithoutAHead() throws Exception {
        Reign reign = win();
        proxy.loseNextMulti();
        store.resign(reign);
        store.contest();
        assertThat(probe.awaitEvent(
                                StoreEvent.Loaded.class,
                                loaded -> loaded.reign().epoch() == 2)
                        .reign())
                .isEqualTo(new Reign(1, 2, 2));
        assertThat(zk.exists("/controller")).isTrue();
    }

    // KAFKA-14845
    @Test
    void aRegistrationWhoseReplyIsLostIsFoundAndKept() throws Exception {
        List<Long> epochs = new ArrayList<>();
        BrokerRegistrar registrar = new BrokerRegistrar(session, BrokerZnode.PARENT, epochs::add);
        proxy.loseNextMulti();

        long epoch = registrar
                .register(new BrokerRegistration(
                        1,
                        -1,
                        List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 19092)),
                        Optional.empty(),
                        -1,
                        Map.of(),
                        0,
                        5))
                .get(20, TimeUnit.SECONDS);

        assertThat(proxy.losses()).isEqualTo(1);
        assertThat(zk.stat("/brokers/ids/1").getCzxid()).isEqualTo(epoch);
        assertThat(zk.stat("/brokers/ids/1").getVersion()).isEqualTo(1);
        assertThat(epochs).containsExactly(epoch);
    }

    // KAFKA-13461
    @Test
    void aReconnectedSessionKeepsItsReignAndSeesWhatItMissed() throws Exception {
        Reign reign = win();
        proxy.partition();
        zk.create("/admin/delete_topics/missed", null);
        proxy.restore();

        probe.awaitObserved(Event.DeletionsObserved.class, seen -> seen.topics().contains("missed"));
        store.commit(reign, 0, List.of(new Write.Create("/brokers/topics/t", new byte[0])));
        probe.awaitEvent(StoreEvent.Committed.class);
        assertThat(probe.all(StoreEvent.SessionExpired.class)).isEmpty();
    }
}
