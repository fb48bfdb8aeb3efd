package io.regent.controller.sim;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.RegentNodeZnodes;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.slf4j.helpers.MessageFormatter;

/** What is still to be done before a world in which nothing bad happens any more is well. */
final class Convergence {

    private final SimWorld world;
    private final SimTree znodes;
    private final List<String> unfinished = new ArrayList<>();

    private Convergence(SimWorld world) {
        this.world = world;
        this.znodes = world.zooKeeper().agreed();
    }

    /** What is not well yet; empty when all is. */
    static List<String> unfinished(SimWorld world) {
        Convergence convergence = new Convergence(world);
        convergence.look();
        return convergence.unfinished;
    }

    private void expect(boolean holds, String what, Object... about) {
        if (!holds) {
            unfinished.add(MessageFormatter.arrayFormat(what, about).getMessage());
        }
    }

    private void look() {
        registrations();
        Optional<SimNode> ruler = rule();
        orders();
        world.witness().topics().forEach((name, content) -> {
            for (int number = 0; number < content.assignments().length; number++) {
                partition(new PartitionId(name, number), content.assignments()[number]);
            }
        });
        ruler.ifPresent(this::image);
        Set<Integer> live = new TreeSet<>(world.brokerIds());
        ruler.ifPresent(node -> live.add(node.id()));
        world.nodes().values().stream().filter(node -> live.contains(node.id())).forEach(node -> metadata(node, live));
        world.network().asked().stream()
                .filter(asked -> !asked.process().isDead() && !asked.answer().isDone())
                .findFirst()
                .ifPresent(asked -> expect(false, "nobody has answered {}", asked.ask()));
    }

    private void registrations() {
        for (SimNode node : world.nodes().values()) {
            String path =
                    node.role().stores() ? BrokerZnode.path(node.id()) : RegentNodeZnodes.CONTROLLERS + "/" + node.id();
            Optional<Long> owner = znodes.get(path).map(SimTree.Node::owner);
            Optional<Long> session = node.session().handle().map(handle -> handle.sessionId());
            expect(owner.isPresent() && owner.equals(session), "node {} is not registered", node.id());
        }
    }

    private Optional<SimNode> rule() {
        List<SimNode> rulers = world.nodes().values().stream()
                .filter(node -> node.loop().status().active())
                .toList();
        expect(rulers.size() == 1, "{} nodes rule", rulers.size());
        Optional<Long> owner = znodes.get(ControllerZnode.PATH).map(SimTree.Node::owner);
        boolean named = rulers.stream()
                .anyMatch(node -> owner.equals(node.session().handle().map(handle -> handle.sessionId())));
        expect(named, "/controller names nobody who rules");
        boolean wanted =
                world.nodes().values().stream().anyMatch(node -> node.role().isPreferred());
        expect(
                !wanted || rulers.stream().allMatch(node -> node.role().isPreferred()),
                "a node rules that is not preferred");
        return rulers.stream().findFirst();
    }

    private void orders() {
        List<String> deletions = znodes.children(DeleteTopicsZnode.PARENT);
        expect(deletions.isEmpty(), "the deletion of {} goes on", deletions);
        expect(znodes.get(ReassignPartitionsZnode.PATH).isEmpty(), "reassignments are still ordered");
    }

    private void partition(PartitionId partition, Assignment assignment) {
        PartitionState state = world.witness().states().get(partition);
        expect(!assignment.isReassigning(), "{} is being reassigned: {}", partition, assignment);
        if (state == null) {
            expect(false, "{} has no state", partition);
            return;
        }
        expect(state.hasLeader(), "{} has no leader: {}", partition, state);
        expect(state.isr().containsAll(assignment.replicas()), "not all of {} are in sync: {}", assignment, state);
        for (int id : assignment.replicas().toList()) {
            SimBroker.Replica replica =
                    world.nodes().get(id).broker().replicas().get(partition);
            boolean agrees = replica != null
                    && replica.leader == state.leader()
                    && replica.leaderEpoch == state.leaderEpoch()
                    && (replica.leader != id
                            || replica.partitionEpoch == state.version()
                            || world.witness().isRewritten(partition));
            expect(agrees, "broker {} does not serve {} as it stands in ZooKeeper: {}", id, partition, state);
        }
    }

    private void image(SimNode ruler) {
        ClusterImage image = ruler.loop().status().image();
        expect(
                new TreeSet<>(image.topicNames())
                        .equals(world.witness().topics().keySet()),
                "the controller knows of {}, not of {}",
                image.topicNames(),
                world.witness().topics().keySet());
        for (TopicImage topic : image.topics()) {
            TopicZnode.Content content = world.witness().topics().get(topic.name());
            boolean same = content != null
                    && content.id().equals(topic.id())
                    && content.assignments().length == topic.partitionCount();
            for (int number = 0; same && number < topic.partitionCount(); number++) {
                PartitionState held = world.witness().states().get(new PartitionId(topic.name(), number));
                same = topic.assignment(number).equals(content.assignments()[number])
                        && (topic.state(number).equals(held) || isRewritten(topic.name(), number));
            }
            expect(same, "the controller's {} is not what ZooKeeper holds", topic.name());
        }
        expect(image.brokers().keySet().equals(world.brokerIds()), "the controller knows {}", image.brokers());
    }

    /** A reign is the only writer of states, and finds what somebody wrote by hand when it next writes that one. */
    private boolean isRewritten(String topic, int partition) {
        return world.witness().isRewritten(new PartitionId(topic, partition));
    }

    private void metadata(SimNode node, Set<Integer> live) {
        Set<Integer> told = node.broker().liveBrokers();
        expect(told.equals(live), "broker {} takes {} for live", node.id(), told);
        world.witness().states().forEach((partition, state) -> {
            if (world.witness().isRewritten(partition)) {
                return;
            }
            UpdateMetadataPartitionState heard = node.broker().metadata().get(partition);
            boolean agrees = heard != null
                    && heard.leader() == state.leader()
                    && heard.leaderEpoch() == state.leaderEpoch()
                    && heard.zkVersion() == state.version();
            expect(agrees, "broker {} has not heard of {}: {}", node.id(), partition, state);
        });
    }
}
