package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A preferred node that only rules joins two brokers under load, stops, returns and is killed. */
@Timeout(ItCluster.TEST_LIMIT_S)
class ControllerOnlyIT {

    private static final String TOPIC = "orders";

    @TempDir
    private Path dir;

    @AutoClose
    private ItCluster cluster;

    @AutoClose
    private AckedLoad load;

    @AutoClose
    private Ruler ruler;

    @BeforeEach
    void startClusterAndLoad() throws Exception {
        cluster = ItCluster.start(2, Map.of("zookeeper.session.timeout.ms", "6000"));
        ruler = new Ruler(cluster, dir);
        createTopic(TOPIC);
        load = new AckedLoad(cluster.bootstrap(), TOPIC);
        load.awaitMore(100);
    }

    @Test
    void itTakesTheReignWithoutAnElectionAndGivesItBackWhenItStopsOrDies() throws Exception {
        List<String> leaders = cluster.leadersOf(TOPIC);
        ruler.start();
        createTopic("made-by-the-ruler");
        cluster.awaitTold(
                "replicas at brokers only",
                "made-by-the-ruler",
                told -> told.size() == 4 && told.stream().noneMatch(made -> made.replicaIds.contains(Ruler.ID)));

        ruler.stop();
        assertThat(ruler.awaitSuccessor()).isIn(1, 2);

        ruler.start();
        ruler.kill();
        assertThat(ruler.awaitSuccessor()).isIn(1, 2);

        ruler.start();
        load.awaitMore(200);
        assertThat(cluster.leadersOf(TOPIC)).isEqualTo(leaders);
        load.stopAndVerify();
        assertThat(load.failures()).isZero();
        assertThat(ruler.hasStoredAnything()).isFalse();
    }

    private void createTopic(String name) throws Exception {
        cluster.create(new NewTopic(name, 4, (short) 2));
    }
}
