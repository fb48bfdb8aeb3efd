package io.regent.controller.link;

import io.regent.controller.Commit;
import io.regent.controller.Controller;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.Endpoint;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Plays that this node takes over a cluster whose controller has died, and that one more of its brokers dies, so that the JVM
 * has compiled that code before a real cluster needs it for the first time.
 *
 * <p>It decides, encodes what ZooKeeper would hold, writes the requests to the brokers that are left, and reads their answers.
 * Nothing of it reaches ZooKeeper, a connection, the log or a metric. One thread.
 */
public final class Rehearsal {

    private static final int REPLICAS = 3;
    private static final int PORT = 9092;

    /** What happens once in a thousand times in a real cluster happens so often here, lest the compiler leave it out. */
    private static final int RARE = 100;

    private final ControllerSettings controller;
    private final LinkSettings link;
    private final Consumer<List<Write>> store;

    /**
     * @param controller how this node would rule
     * @param link how it would tell brokers
     * @param store takes what would be written to ZooKeeper in one commit
     */
    public Rehearsal(ControllerSettings controller, LinkSettings link, Consumer<List<Write>> store) {
        this.controller = controller;
        this.link = link;
        this.store = store;
    }

    /** A cluster that does not exist, of which one broker has died. */
    public record Cluster(int brokers, int topics, int partitionsPerTopic) {

        private ClusterImage image(String listener) {
            List<BrokerRegistration> living = new ArrayList<>();
            for (int id = 1; id < brokers; id++) {
                Endpoint at = new Endpoint(listener, SecurityProtocol.PLAINTEXT.name, "127.0.0.1", PORT + id);
                living.add(new BrokerRegistration(id, id, List.of(at), Optional.empty(), -1, Map.of(), 0, 5));
            }
            List<TopicImage> made = new ArrayList<>();
            for (int number = 0; number < topics; number++) {
                made.add(topic(number));
            }
            return ClusterImage.of(living, made, Set.of());
        }

        private TopicImage topic(int number) {
            Assignment[] assignments = new Assignment[partitionsPerTopic];
            PartitionState[] states = new PartitionState[partitionsPerTopic];
            for (int partition = 0; partition < partitionsPerTopic; partition++) {
                int[] ids = new int[REPLICAS];
                for (int i = 0; i < REPLICAS; i++) {
                    ids[i] = (number + partition + i) % brokers + 1;
                }
                Replicas replicas = Replicas.of(ids);
                LeaderRecovery recovery =
                        partition % RARE == RARE - 1 ? LeaderRecovery.RECOVERING : LeaderRecovery.RECOVERED;
                assignments[partition] = Assignment.of(replicas);
                states[partition] = new PartitionState(ids[0], 0, replicas, recovery, 0, 0);
            }
            return TopicImage.of("rehearsal-" + number, new TopicId(1, number), Map.of(), 0, assignments, states);
        }
    }

    /** The takeover and the death, once; each request that brokers would be sent is handed to the witness. */
    public void play(Cluster cluster, int epoch, Consumer<Body> witness) {
        new Scene(cluster, epoch, witness).play();
    }

    private final class Scene {
        private final ClusterImage found;
        private final Controller ruler;
        private final Consumer<Body> witness;
        private final Deque<Event> answers = new ArrayDeque<>();
        private final List<RehearsedBroker> brokers = new ArrayList<>();
        private ClusterImage image = ClusterImage.EMPTY;

        Scene(Cluster cluster, int epoch, Consumer<Body> witness) {
            Reign reign = new Reign(link.nodeId(), epoch, epoch);
            Telling telling = new Telling(reign, link, this::told);
            this.found = cluster.image(link.listenerName());
            this.ruler = new Controller(controller, reign, OptionalInt.empty());
            this.witness = witness;
            found.brokers()
                    .values()
                    .forEach(broker -> brokers.add(new RehearsedBroker(broker, telling, link.maxRequestBytes())));
        }

        private void told(LinkEvent event) {
            if (event instanceof LinkEvent.Answered answered) {
                answers.add(answered.answer());
            }
        }

        void play() {
            happens(new Event.Elected(found, new TreeMap<>()));
            List<BrokerRegistration> left = new ArrayList<>(found.brokers().values());
            int dies = left.remove(left.size() - 1).id();
            brokers.removeIf(broker -> broker.id() == dies);
            happens(new Event.BrokersObserved(left));
        }

        private void happens(Event event) {
            decide(event);
            while (!answers.isEmpty()) {
                decide(answers.remove());
            }
        }

        private void decide(Event event) {
            Decision decision = ruler.step(image, event);
            image = decision.image();
            Iterator<Commit> commits = ruler.commits(decision);
            while (commits.hasNext()) {
                Commit commit = commits.next();
                store.accept(commit.writes());
                brokers.forEach(broker -> broker.tell(commit.announcements(), witness));
            }
        }
    }
}
