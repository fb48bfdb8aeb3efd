package io.regent.controller.zk;

import com.google.common.collect.Lists;
import io.regent.controller.Event.ObservedTopic;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the topics as ZooKeeper has them, on each node that may become the controller: watches them, marks what changes
 * and reads it again, so that taking over costs what changed last and not what exists. Session's thread only.
 *
 * <p>The session that watches is the one that contests. ZooKeeper delivers a session's events before its reply to a later
 * write, so when the winning reply is in, every older change is marked, and the mirror is right once no mark is left. A
 * reconnect has no such guarantee, as the watches missed what happened meanwhile: after one, all is marked. A first
 * reading of the whole cluster is no other case: all is marked then, too.
 *
 * <p>While its node rules, the reign is the only writer of partitions' states: these are marked and not read, until the
 * reign is over. Changes of topics' znodes are read and told, since old tools create and expand topics by writing those.
 * While very much is written, by this node or another, the mirror looks away: ZooKeeper and this node would be busier with the
 * events of these writes than with the writes. When it looks again, all is marked.
 */
final class Mirror {

    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    /** Two znodes a topic, of 1 MB each at most, so that the reply fits {@link CuratorSession#MAX_REPLY_BYTES}. */
    static final int TOPIC_BATCH = 50;

    /** How many topics are read, with many in one reading, for what one event costs: ZooKeeper sends each by itself. */
    private static final int TOPICS_AN_EVENT = 2;

    /** States have some 100 bytes each; larger batches were no faster. */
    static final int STATE_BATCH = 500;

    /**
     * How long the mirror rests before each reading, of which it has one at a time, when nobody waits for it. So it asks
     * ZooKeeper for 25,000 states a second at most, which takes a server a few hundredths of its time, and 66,000 leaders
     * that change are read within three seconds; what changes twice within this time is read once.
     */
    static final long PACE_MS = 20;

    /**
     * Until all was held once, unless {@link #hasten hastened}: one node starts at a time, while after a death all read at
     * once. 70,000 states a second.
     */
    static final long FIRST_PACE_MS = 5;

    /** For how long a follower looks away from such a flood: what one such death takes to be written. */
    static final long LOOK_AWAY_MS = 2_000;

    private enum Phase {
        /** Somebody else rules, or nobody: the mirror keeps itself clean at its own pace. */
        FOLLOWING,
        /** This node has won, and waits for the mirror to be clean. */
        TAKING_OVER,
        /** This node rules from the image that it was given. */
        RULING
    }

    private final ZkSession session;
    private final MirrorClient client;
    private final Marks marks = new Marks();
    private final HeldTopics held;
    private final TopicWatches watches;
    private final MirrorMetrics metrics;
    /** Topics that are told at their next reading even if that finds nothing new. */
    private final Set<String> retold = new HashSet<>();

    private final Flood flood;

    private Phase phase = Phase.FOLLOWING;
    /** The session that is read in; null between two. */
    private ZkHandle handle;

    private int inFlight;
    private boolean resting;
    private boolean hasHeldAll;
    /** Whether nobody ruled when the first reading began, so that this node may have to before it is done. */
    private boolean hasty;
    /** Whether topics are not watched, as so much of them is written. */
    private boolean lookingAway;

    /**
     * @param newId makes the ids that are proposed for topics without one
     */
    Mirror(ZkSession session, BadZnodes badZnodes, Supplier<TopicId> newId, MirrorClient client) {
        this.session = session;
        this.client = client;
        this.held = new HeldTopics(badZnodes, marks, newId);
        this.watches = new TopicWatches(session, this::changed, this::watchAndMarkAll);
        this.metrics = new MirrorMetrics(session.thread());
        this.flood = new Flood(session.settings().manyWrites());
    }

    /** A session has begun. What was held is kept until it has been read again. */
    void began(ZkHandle newHandle) {
        handle = newHandle;
        inFlight = 0;
        hasty = false;
        watches.began(newHandle);
        watchAndMarkAll();
    }

    /** The session goes on, but what happened while it was disconnected was not told. */
    void reconnected() {
        watchAndMarkAll();
        if (phase == Phase.RULING) {
            readUnreadableStates();
        }
    }

    /** The only states that are read while ruling: somebody may have mended them unseen. */
    private void readUnreadableStates() {
        for (List<PartitionId> batch : Lists.partition(held.unreadableStates(), STATE_BATCH)) {
            List<String> paths = batch.stream().map(PartitionStateZnode::path).toList();
            readAll(
                    paths,
                    read -> {
                        held.statesRead(batch, read);
                        tellMended(paths);
                    },
                    () -> {});
        }
    }

    /** The session is over, or nobody wants to know any more. */
    void close() {
        handle = null;
        watches.ended();
    }

    /** How many partitions are held, or 0 while they are still being read. Any thread. */
    int heldPartitions() {
        return metrics.heldPartitions();
    }

    /** Any thread, as the session's may run no more. */
    void removeMetrics() {
        metrics.close();
    }

    /** Somebody else rules, or nobody. */
    void follow() {
        phase = Phase.FOLLOWING;
        if (lookingAway && handle != null) {
            watchAndMarkAll();
        }
        wake();
    }

    /** Nobody rules, and whoever will has to read all of it: the first reading does not rest. */
    void hasten() {
        hasty = true;
    }

    /** This node has won: reads what is marked as fast as it can, and says when it is clean. */
    void takeOver() {
        phase = Phase.TAKING_OVER;
        if (lookingAway) {
            watchAndMarkAll();
            return;
        }
        if (!watches.missNothing()) {
            marks.markAll(held.image());
        }
        pump();
    }

    /** This node rules from the image that is held now. Only when ready. */
    void rule() {
        phase = Phase.RULING;
        retold.clear();
    }

    /**
     * The reign has written this much without a pause and goes on writing, or is about to: looks away, if reading the topics
     * again is less than being told of so many writes. Only while ruling.
     */
    void lookAwayFrom(int writes) {
        boolean isMuch = writes
                >= Math.max(
                        session.settings().manyWrites(), held.image().topics().size() / TOPICS_AN_EVENT);
        if (isMuch && phase == Phase.RULING && watches.missNothing()) {
            lookingAway = true;
            watches.end();
        }
    }

    private void lookAwayForAWhile() {
        lookingAway = true;
        watches.end();
        marks.markAll(held.image());
        ZkHandle from = handle;
        session.thread().schedule(LOOK_AWAY_MS, () -> {
            if (from == handle && lookingAway && phase == Phase.FOLLOWING) {
                watchAndMarkAll();
            }
        });
    }

    boolean isLookingAway() {
        return lookingAway;
    }

    /** The reign has written it all. */
    void lookAgain() {
        if (lookingAway) {
            reconnected();
        }
    }

    /** Whether this node has won, and all that is known to have changed has been read. */
    boolean isReady() {
        return phase == Phase.TAKING_OVER && handle != null && inFlight == 0 && marks.isEmpty();
    }

    /** Whether topics have come, changed or gone that have not been read and told yet. Only while ruling. */
    boolean isBehind() {
        return phase == Phase.RULING && (lookingAway || inFlight > 0 || !marks.isEmptyButForStates());
    }

    /** The topics, in an image without brokers and orders. */
    ClusterImage topics() {
        return held.image();
    }

    /** The znodes that nobody could read, each with its reason. */
    List<String> unreadable() {
        return held.unreadable();
    }

    /** Ids for the topics that lack one. */
    SortedMap<String, TopicId> idsForTopicsWithoutOne() {
        return held.idsForTopicsWithoutOne();
    }

    /** While ruling: what this topic is will be told once more, as it may have been told when nobody could act on it. */
    void tellAgain(String topic) {
        if (phase == Phase.RULING) {
            retold.add(topic);
            marks.markTopic(topic);
            wake();
        }
    }

    private void watchAndMarkAll() {
        lookingAway = false;
        marks.markAll(held.image());
        watches.ask();
        pump();
    }

    private void changed(String path) {
        if (phase == Phase.RULING && held.isUnreadable(path) && !TopicPath.isConfig(path)) {
            client.mended(path);
        }
        TopicPath.mark(path, marks, held.image());
        boolean mayLookAway = phase == Phase.FOLLOWING && hasHeldAll && watches.missNothing();
        if (mayLookAway && flood.rises(session.thread().nowMs(), held.image())) {
            lookAwayForAWhile();
        }
        if (!isNothingDue()) {
            wake();
        }
        metrics.show(marks, held.image(), isNothingDue());
    }

    /** While this node rules, states that changed are none of what is to be read. */
    private boolean isNothingDue() {
        return phase == Phase.RULING ? marks.isEmptyButForStates() : marks.isEmpty();
    }

    /** Reads what is marked: at once when somebody waits for it, else after a rest. */
    private void wake() {
        if (phase == Phase.TAKING_OVER || (hasty && !hasHeldAll && !resting)) {
            pump();
        } else if (!resting && inFlight == 0) {
            rest(hasHeldAll ? PACE_MS : FIRST_PACE_MS);
        }
    }

    private void rest(long delayMs) {
        resting = true;
        session.thread().schedule(delayMs, () -> {
            resting = false;
            pump();
        });
    }

    /** Sends what may be sent now. After a lost connection that is nothing: the reconnect marks all. */
    private void pump() {
        if (handle == null || !session.isConnected()) {
            return;
        }
        if (phase == Phase.TAKING_OVER) {
            while (inFlight < session.settings().maxInFlight() && send()) {}
        } else if (inFlight == 0 && !resting && !watches.areImpossible() && !isBlind()) {
            send();
        }
        metrics.show(marks, held.image(), isNothingDue());
        if (isReady()) {
            client.clean();
        }
    }

    /** Whether what is read now would have to be read again. */
    private boolean isBlind() {
        return lookingAway && phase == Phase.FOLLOWING;
    }

    /** Sends one reading; false when none is due. */
    private boolean send() {
        if (marks.takeNames()) {
            read(handle.children(TopicZnode.PARENT), names -> tell(held.namesRead(names)), marks::markNames);
            return true;
        }
        return sendTopics() || sendConfigs() || (phase != Phase.RULING && sendStates());
    }

    private boolean sendTopics() {
        List<String> names = marks.takeTopics(TOPIC_BATCH);
        List<String> paths = new ArrayList<>(2 * names.size());
        names.forEach(name -> paths.add(TopicZnode.path(name)));
        names.forEach(name -> paths.add(ConfigZnode.topicPath(name)));
        return readAll(paths, read -> topicsRead(names, read), () -> names.forEach(marks::markTopic));
    }

    private void topicsRead(List<String> names, List<Optional<Znode>> read) {
        List<String> unreadable =
                names.stream().map(TopicZnode::path).filter(held::isUnreadable).toList();
        tell(held.topicsRead(names, read, retold));
        names.forEach(retold::remove);
        tellMended(unreadable);
    }

    /** Says which of these, that could not be read, can be now: while disconnected, nobody was told that they changed. */
    private void tellMended(List<String> paths) {
        if (phase == Phase.RULING) {
            paths.stream().filter(path -> !held.isUnreadable(path)).forEach(client::mended);
        }
    }

    private boolean sendConfigs() {
        List<String> names = marks.takeConfigs(2 * TOPIC_BATCH);
        return readAll(
                names.stream().map(ConfigZnode::topicPath).toList(),
                read -> held.configsRead(names, read),
                () -> names.forEach(marks::markConfig));
    }

    private boolean sendStates() {
        List<PartitionId> partitions = marks.takeStates(STATE_BATCH);
        return readAll(
                partitions.stream().map(PartitionStateZnode::path).toList(),
                read -> held.statesRead(partitions, read),
                () -> partitions.forEach(partition -> marks.markState(partition.topic(), partition.partition())));
    }

    private boolean readAll(List<String> paths, Consumer<List<Optional<Znode>>> onRead, Runnable again) {
        if (paths.isEmpty()) {
            return false;
        }
        metrics.asked(paths.size());
        read(handle.readAll(paths), onRead, again);
        return true;
    }

    /**
     * @param again marks once more what was to be read
     */
    private <T> void read(CompletableFuture<T> call, Consumer<T> onRead, Runnable again) {
        ZkHandle asked = handle;
        inFlight++;
        Calls.then(
                call,
                read -> {
                    if (asked == handle) {
                        inFlight--;
                        onRead.accept(read);
                        tell(held.takeChangedConfigs());
                        goOn();
                    }
                },
                failure -> {
                    if (asked == handle) {
                        inFlight--;
                        again.run();
                        failed(failure);
                    }
                });
    }

    private void goOn() {
        hasHeldAll |= marks.isEmpty();
        if (phase == Phase.TAKING_OVER) {
            pump();
        } else if (!isNothingDue()) {
            wake();
        } else if (phase == Phase.RULING && !isBehind()) {
            client.caughtUp();
        }
        metrics.show(marks, held.image(), isNothingDue());
    }

    private void failed(ZkFailure failure) {
        if (phase == Phase.TAKING_OVER && !failure.fateUnknown()) {
            client.failed(failure.getMessage());
        } else if (session.isConnected() && !resting) {
            LOG.warn("Topics were not read, which is tried again: {}", failure.getMessage());
            rest(Observation.RETRY_MS);
        }
    }

    private void tell(SortedMap<String, Map<String, String>> overrides) {
        if (phase == Phase.RULING && !overrides.isEmpty()) {
            client.configured(overrides);
        }
    }

    private void tell(List<ObservedTopic> observed) {
        if (phase == Phase.RULING && !observed.isEmpty()) {
            client.observed(observed);
        }
    }
}
