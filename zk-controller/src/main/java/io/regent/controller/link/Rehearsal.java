package io.regent.controller.link;

import io.regent.controller.Asks;
import io.regent.controller.Asks.PartitionChange;
import io.regent.controller.Asks.TopicRef;
import io.regent.controller.Commit;
import io.regent.controller.Controller;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Decision;
import io.regent.controller.Event;
import io.regent.controller.Outcome;
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
 * Plays that this node takes over a cluster whose controller has died, that one more of its brokers dies and returns, and what
 * clients and brokers ask of a controller most, so that the JVM has compiled that code before a real cluster needs it for the
 * first time.
 *
 * <p>It decides, encodes what ZooKeeper would hold, writes the requests to the brokers that are left, and reads their answers.
 * Nothing of it reaches ZooKeeper, a connection, the log or a metric. One thread.
 */
public final class Rehearsal {

    private static final int REPLICAS = 3;
    private static final int PORT = 9092;

    /** 2^64 divided by the golden ratio. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

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

    /** A cluster that does not exist, of which one broker, the one with the highest id, has died. At least three brokers. */
    public record Cluster(int brokers, int topics, int partitionsPerTopic) {

        private ClusterImage image(String listener) {
            List<BrokerRegistration> living = new ArrayList<>();
            for (int id = 1; id < brokers; id++) {
                living.add(broker(id, id, listener));
            }
            List<TopicImage> made = new ArrayList<>();
            for (int number = 0; number < topics; number++) {
                made.add(topic(number));
            }
            return ClusterImage.of(living, made, Set.of());
        }

        private static BrokerRegistration broker(int id, long epoch, String listener) {
            Endpoint at = new Endpoint(listener, SecurityProtocol.PLAINTEXT.name, "127.0.0.1", PORT + id);
            return new BrokerRegistration(id, epoch, List.of(at), Optional.empty(), -1, Map.of(), 0, 5);
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
            return TopicImage.of("rehearsal-" + number, scattered(number), Map.of(), 0, assignments, states);
        }

        /** Real ids are random: of counted ones no two would ever fall into one bucket of a hash table. */
        private static TopicId scattered(int number) {
            return new TopicId(SCATTER * (number + 1), number);
        }
    }

    /** All of it, once; each request that brokers would be sent is handed to the witness. */
    public void play(Cluster cluster, int epoch, Consumer<Body> witness) {
        new Scene(cluster, epoch, witness).play();
    }

    private final class Scene {
        private final Cluster cluster;
        private final int epoch;
        private final Controller ruler;
        private final Telling telling;
        private final Consumer<Body> witness;
        private final Deque<Event> answers = new ArrayDeque<>();
        private final List<RehearsedBroker> brokers = new ArrayList<>();
        private ClusterImage image = ClusterImage.EMPTY;

        Scene(Cluster cluster, int epoch, Consumer<Body> witness) {
            Reign reign = new Reign(link.nodeId(), epoch, epoch);
            this.cluster = cluster;
            this.epoch = epoch;
            this.telling = new Telling(reign, link, this::told);
            this.ruler = new Controller(controller, reign, OptionalInt.empty());
            this.witness = witness;
        }

        private void told(LinkEvent event) {
            if (event instanceof LinkEvent.Answered answered) {
                answers.add(answered.answer());
            }
        }

        void play() {
            ClusterImage found = cluster.image(link.listenerName());
            found.brokers().values().forEach(this::lives);
            happens(new Event.Elected(found, new TreeMap<>()));
            int victim = cluster.brokers() - 1;
            brokers.removeIf(broker -> broker.registration().id() == victim);
            brokersAreObserved();
            starts(victim);
            catchesUp(victim);
            starts(cluster.brokers() + 1);
            topicIsCreated();
        }

        private void lives(BrokerRegistration broker) {
            brokers.add(new RehearsedBroker(broker, telling, link.maxRequestBytes()));
        }

        private void starts(int brokerId) {
            lives(Cluster.broker(brokerId, cluster.brokers() + brokerId, link.listenerName()));
            brokersAreObserved();
        }

        private void brokersAreObserved() {
            happens(new Event.BrokersObserved(
                    brokers.stream().map(RehearsedBroker::registration).toList()));
        }

        /** In one partition, whose leader asks to have it in the ISR again. */
        private void catchesUp(int brokerId) {
            TopicImage topic = image.topics().iterator().next();
            for (int number = 0; number < topic.partitionCount(); number++) {
                PartitionState state = topic.state(number);
                if (state.hasLeader()
                        && state.recovery() == LeaderRecovery.RECOVERED
                        && topic.assignment(number).replicas().contains(brokerId)) {
                    PartitionChange change = new PartitionChange(
                            TopicRef.of(topic.id()),
                            number,
                            state.leaderEpoch(),
                            state.version(),
                            state.isr().union(Replicas.of(brokerId)),
                            state.recovery(),
                            Map.of(brokerId, epochOf(brokerId)));
                    happens(new Asks.AlterPartition(state.leader(), epochOf(state.leader()), List.of(change)));
                    return;
                }
            }
        }

        private long epochOf(int brokerId) {
            return image.broker(brokerId).orElseThrow().epoch();
        }

        private void topicIsCreated() {
            Asks.NewTopic topic = new Asks.NewTopic(
                    "rehearsal",
                    1,
                    (short) brokers.size(),
                    new TreeMap<>(),
                    Map.of(),
                    Outcome.OK,
                    new Asks.Birth(new TopicId(2, epoch), epoch));
            happens(new Asks.CreateTopics(List.of(topic), false));
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
