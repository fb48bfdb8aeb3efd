package io.regent.cli.bench;

import io.regent.metadata.TopicId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Numbers all partitions of a trial through, and says where the replicas of each are: brokers 1, 2 and 3 lead a third each, and
 * the brokers from 4 on are the first to follow, so that they lead once one of the first three is gone.
 *
 * <p>Any thread may read; one thread adds topics. Never gives a number twice.
 */
final class Catalog {
    /** Which brokers lead at first. */
    static final int LEADERS = 3;

    /** One leads, one takes over, and one more follows; the one that takes over shall not always be the same. */
    static final int MIN_BROKERS = LEADERS + 2;

    private static final int REPLICATION_FACTOR = 3;

    private final int brokers;
    private final int capacity;
    private final Map<String, Topic> byName = new ConcurrentHashMap<>();
    private final List<Topic> topics = new CopyOnWriteArrayList<>();
    private volatile int size;

    /**
     * A topic.
     *
     * @param id as it is in ZooKeeper, or {@link TopicId#NONE} where the controller chooses one
     * @param first the number of its partition 0
     */
    record Topic(String name, TopicId id, int first, int partitions) {}

    /**
     * @param brokers how many there are, their ids being 1 to this number
     * @param capacity how many partitions there can be, those to be created later included
     */
    Catalog(int brokers, int capacity) {
        if (brokers < MIN_BROKERS) {
            throw new IllegalArgumentException("at least " + MIN_BROKERS + " brokers are needed, not " + brokers);
        }
        this.brokers = brokers;
        this.capacity = capacity;
    }

    /** Names the topics that a trial begins with; a copy-on-write list is filled once, not one by one. */
    void addAll(int partitions, int partitionsPerTopic) {
        List<Topic> added = new ArrayList<>();
        for (int left = partitions; left > 0; left -= partitionsPerTopic) {
            String name = String.format(Locale.ROOT, "load-%06d", added.size());
            added.add(made(name, new TopicId(name.hashCode(), added.size() + 1L), Math.min(left, partitionsPerTopic)));
        }
        topics.addAll(added);
    }

    /** Names one more topic, before anybody creates it. */
    Topic add(String name, int partitions) {
        Topic topic = made(name, TopicId.NONE, partitions);
        topics.add(topic);
        return topic;
    }

    private Topic made(String name, TopicId id, int partitions) {
        int first = size;
        if (first + partitions > capacity) {
            throw new IllegalArgumentException("no room for " + name + " in a catalog of " + capacity);
        }
        Topic topic = new Topic(name, id, first, partitions);
        byName.put(name, topic);
        size = first + partitions;
        return topic;
    }

    int brokers() {
        return brokers;
    }

    int capacity() {
        return capacity;
    }

    /** How many partitions there are by now. */
    int size() {
        return size;
    }

    List<Topic> topics() {
        return topics;
    }

    /** The topic of this name, or null: this is asked for each topic of each request. */
    Topic topic(String name) {
        return byName.get(name);
    }

    /** The replicas of a partition, the preferred leader first. */
    int[] replicas(int partition) {
        int leader = 1 + partition % LEADERS;
        int turn = partition / LEADERS;
        int heirs = brokers - LEADERS;
        int heir = LEADERS + 1 + turn % heirs;
        int third = 1 + turn / heirs % brokers;
        while (third == leader || third == heir) {
            third = 1 + third % brokers;
        }
        int[] replicas = new int[REPLICATION_FACTOR];
        replicas[0] = leader;
        replicas[1] = heir;
        replicas[2] = third;
        return replicas;
    }

    /** Whether a broker has a replica of the partition. */
    boolean hosts(int broker, int partition) {
        for (int replica : replicas(partition)) {
            if (replica == broker) {
                return true;
            }
        }
        return false;
    }
}
