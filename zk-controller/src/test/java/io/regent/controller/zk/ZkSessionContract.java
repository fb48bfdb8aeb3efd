package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link ZkSession} and {@link ZkHandle} promise, of ZooKeeper itself and of the one that is simulated. */
abstract class ZkSessionContract {

    private ZkWorld world;
    private ZkSession session;
    private ZkHandle handle;
    private ZkHandle other;

    abstract ZkWorld open();

    @BeforeEach
    void start() {
        world = open();
        session = world.session("one");
        handle = world.handle(session);
        other = world.handle(world.session("other"));
        create("/t", "t");
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Op creation(String path, String data) {
        return Op.create(path, bytes(data), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    private void create(String path, String data) {
        world.get(other.create(path, bytes(data), CreateMode.PERSISTENT));
    }

    private void set(String path, String data) {
        world.get(other.set(path, bytes(data), -1));
    }

    private void delete(String path) {
        world.get(other.multi(List.of(Op.delete(path, -1))));
    }

    /** What stands there by now: the server of this session has caught up. */
    private Optional<Znode> read(String path) {
        world.get(handle.sync(path));
        return world.get(handle.read(path));
    }

    private ZkFailure failure(CompletableFuture<?> call) {
        world.await(call::isDone);
        try {
            call.join();
        } catch (CompletionException e) {
            return (ZkFailure) e.getCause();
        }
        throw new AssertionError("the call did not fail");
    }

    /** Keeps what it is told as {@code NodeCreated /path}. */
    private static Watcher keeping(List<String> told) {
        return event -> {
            if (event.getType() != EventType.None) {
                told.add(event.getType() + " " + event.getPath());
            }
        };
    }

    @Test
    void aMultiWithARefusedOperationDoesNothingAndNamesIt() {
        ZkFailure refused = failure(handle.multi(
                List.of(creation("/t/new", ""), Op.check("/t", 7), Op.setData("/t", bytes("changed"), -1))));
        assertThat(refused.is(Code.BADVERSION)).isTrue();
        assertThat(refused.getMessage()).contains("/t").doesNotContain("/t/new");
        assertThat(refused.fateUnknown()).isFalse();
        assertThat(read("/t/new")).isEmpty();
        assertThat(read("/t").orElseThrow().version()).isZero();
    }

    @Test
    void aWriteIsDoneWholeOrNotAtAllAndNamesWhatWasRefused() {
        world.get(handle.write(List.of(
                Op.check("/t", 0),
                creation("/t/new", ""),
                creation("/t/new/ü", "y"),
                Op.setData("/t/new", bytes("x"), 0),
                Op.setData("/t/new", null, 1),
                Op.delete("/t/new/ü", 0))));
        assertThat(read("/t/new").orElseThrow().version()).isEqualTo(2);
        assertThat(world.get(handle.children("/t/new"))).isEmpty();

        ZkFailure refused = failure(
                handle.write(List.of(Op.setData("/t/new", bytes("z"), 2), Op.check("/t", 7), Op.delete("/t/new", -1))));
        assertThat(refused.is(Code.BADVERSION)).isTrue();
        assertThat(refused.path()).isEqualTo("/t");
        assertThat(read("/t/new").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void aMultiSeesWhatItHasDoneItself() {
        List<OpResult> results = world.get(handle.multi(List.of(
                creation("/t/new", ""),
                creation("/t/new/below", ""),
                Op.setData("/t/new", bytes("x"), 0),
                Op.check("/t/new", 1),
                Op.delete("/t/new/below", 0))));
        assertThat(results).hasSize(5);
        assertThat(((OpResult.SetDataResult) results.get(2)).getStat().getVersion())
                .isEqualTo(1);
        assertThat(world.get(handle.children("/t"))).containsExactly("new");
    }

    @Test
    void versionsRiseWithEachWriteAndAZnodeThatIsCreatedAnewIsAnother() {
        long before = read("/t").orElseThrow().czxid();
        assertThat(world.get(handle.set("/t", bytes("a"), 0))).isEqualTo(1);
        assertThat(world.get(handle.set("/t", bytes("b"), -1))).isEqualTo(2);
        assertThat(read("/t").orElseThrow().czxid()).isEqualTo(before);
        delete("/t");
        create("/t", "again");
        assertThat(read("/t").orElseThrow().version()).isZero();
        assertThat(read("/t").orElseThrow().czxid()).isGreaterThan(before);
    }

    @Test
    void writesThatDoNotFitAreRefusedEachForItsReason() {
        create("/t/below", "");
        assertThat(failure(handle.create("/t", null, CreateMode.PERSISTENT)).is(Code.NODEEXISTS))
                .isTrue();
        assertThat(failure(handle.create("/none/t", null, CreateMode.PERSISTENT))
                        .is(Code.NONODE))
                .isTrue();
        assertThat(failure(handle.set("/t", null, 3)).is(Code.BADVERSION)).isTrue();
        assertThat(failure(handle.set("/none", null, -1)).is(Code.NONODE)).isTrue();
        assertThat(failure(handle.multi(List.of(Op.delete("/t", -1)))).is(Code.NOTEMPTY))
                .isTrue();
        assertThat(failure(handle.multi(List.of(Op.delete("/none", -1)))).is(Code.NONODE))
                .isTrue();
        assertThat(failure(handle.multi(List.of(Op.check("/none", -1)))).is(Code.NONODE))
                .isTrue();
        world.get(handle.create("/t/mine", null, CreateMode.EPHEMERAL));
        assertThat(failure(handle.create("/t/mine/below", null, CreateMode.PERSISTENT))
                        .is(Code.NOCHILDRENFOREPHEMERALS))
                .isTrue();
    }

    @Test
    void aReadingOfManyKeepsTheirOrderAndLeavesOutWhatIsMissing() {
        create("/u", "u");
        world.get(handle.sync("/u"));
        List<Optional<Znode>> read = world.get(handle.readAll(List.of("/u", "/none", "/t")));
        assertThat(read).hasSize(3);
        assertThat(read.get(0).orElseThrow().path()).isEqualTo("/u");
        assertThat(read.get(1)).isEmpty();
        assertThat(new String(read.get(2).orElseThrow().data(), StandardCharsets.UTF_8))
                .isEqualTo("t");
        assertThat(world.get(handle.readAll(List.of()))).isEmpty();
        assertThat(world.get(handle.read("/none"))).isEmpty();
        assertThat(world.get(handle.children("/none"))).isEmpty();
    }

    @Test
    void sequentialZnodesAreNumberedByWhatWasEverCreatedThere() {
        List<String> made = new ArrayList<>();
        made.add(world.get(handle.create("/t/s-", null, CreateMode.PERSISTENT_SEQUENTIAL)));
        made.add(world.get(handle.create("/t/s-", null, CreateMode.PERSISTENT_SEQUENTIAL)));
        world.get(handle.multi(List.of(Op.delete(made.get(0), -1))));
        world.get(handle.create("/t/plain", null, CreateMode.PERSISTENT));
        made.add(world.get(handle.create("/t/s-", null, CreateMode.PERSISTENT_SEQUENTIAL)));
        assertThat(made).containsExactly("/t/s-0000000000", "/t/s-0000000001", "/t/s-0000000003");
    }

    @Test
    void callsThatAreMadeAtOnceAreServedInTheirOrder() {
        List<CompletableFuture<Integer>> written = new ArrayList<>();
        for (int version = 0; version < 20; version++) {
            written.add(handle.set("/t", bytes("v" + version), version));
        }
        CompletableFuture<Optional<Znode>> read = handle.read("/t");
        assertThat(world.get(read).orElseThrow().version()).isEqualTo(20);
        assertThat(written).allMatch(each -> each.isDone() && !each.isCompletedExceptionally());
    }

    @Test
    void whatASessionHoldsIsGoneWhenItExpiresAndTheNextIsANewLife() {
        List<String> life = new CopyOnWriteArrayList<>();
        session.addListener(new ZkSession.Listener() {
            @Override
            public void began(ZkHandle begun) {
                life.add(begun.sessionId() == handle.sessionId() ? "the same began" : "another began");
            }

            @Override
            public void expired() {
                life.add("expired");
            }
        });
        world.get(handle.create("/t/mine", null, CreateMode.EPHEMERAL));
        Znode mine = world.get(handle.read("/t/mine")).orElseThrow();
        assertThat(mine.owner()).isEqualTo(handle.sessionId());

        world.expire(session);

        world.await(() -> life.contains("another began"));
        assertThat(life).containsExactly("expired", "another began");
        ZkHandle next = world.handle(session);
        assertThat(world.get(next.read("/t/mine"))).isEmpty();
        assertThat(failure(handle.read("/t")).is(Code.SESSIONEXPIRED)).isTrue();
    }

    @Test
    void aPersistentWatchTellsOfItsZnodeAndItsChildrenAgainAndAgain() {
        List<String> told = new CopyOnWriteArrayList<>();
        world.get(handle.watch("/w", AddWatchMode.PERSISTENT, keeping(told)));
        create("/w", "");
        set("/w", "a");
        set("/w", "b");
        create("/w/child", "");
        set("/w/child", "not told");
        delete("/w/child");
        delete("/w");
        create("/w", "");
        read("/w");
        assertThat(told)
                .containsExactly(
                        "NodeCreated /w",
                        "NodeDataChanged /w",
                        "NodeDataChanged /w",
                        "NodeChildrenChanged /w",
                        "NodeChildrenChanged /w",
                        "NodeDeleted /w",
                        "NodeCreated /w");
    }

    @Test
    void aRecursiveWatchTellsOfAllThatIsBelow() {
        List<String> told = new CopyOnWriteArrayList<>();
        world.get(handle.watch("/w", AddWatchMode.PERSISTENT_RECURSIVE, keeping(told)));
        create("/w", "");
        create("/w/a", "");
        create("/w/a/b", "");
        create("/where", "not told");
        set("/w/a/b", "x");
        delete("/w/a/b");
        read("/w");
        assertThat(told)
                .containsExactly(
                        "NodeCreated /w",
                        "NodeCreated /w/a",
                        "NodeCreated /w/a/b",
                        "NodeDataChanged /w/a/b",
                        "NodeDeleted /w/a/b");
    }

    @Test
    void whatIsNoLongerWatchedIsNotToldUntilItIsWatchedAgain() {
        List<String> told = new CopyOnWriteArrayList<>();
        Watcher watcher = keeping(told);
        world.get(handle.watch("/w", AddWatchMode.PERSISTENT_RECURSIVE, watcher));
        create("/w", "");
        world.get(handle.unwatch("/w"));
        create("/w/a", "");
        world.get(handle.watch("/w", AddWatchMode.PERSISTENT_RECURSIVE, watcher));
        create("/w/b", "");
        read("/w");
        assertThat(told).contains("NodeCreated /w", "NodeCreated /w/b").doesNotContain("NodeCreated /w/a");
    }

    @Test
    void whatIsWatchedIsToldBeforeAnyReplyThatCouldShowIt() {
        for (AddWatchMode mode : AddWatchMode.values()) {
            List<String> told = new CopyOnWriteArrayList<>();
            String path = "/t/" + mode;
            create(path, "");
            world.get(handle.sync(path));
            world.get(handle.watch(path, mode, keeping(told)));
            for (int version = 1; version <= 10; version++) {
                CompletableFuture<Integer> written = other.set(path, bytes("x"), -1);
                int seen = 0;
                while (seen < version) {
                    CompletableFuture<Boolean> wasTold = new CompletableFuture<>();
                    CompletableFuture<Integer> reading = handle.read(path).thenApply(found -> {
                        int now = found.orElseThrow().version();
                        wasTold.complete(told.size() >= now);
                        return now;
                    });
                    seen = world.get(reading);
                    assertThat(world.get(wasTold))
                            .as("version %s of %s is told", seen, path)
                            .isTrue();
                }
                world.get(written);
            }
        }
    }

    // ZooKeeper sets persistent watches again after a reconnect, and replays nothing.
    @Test
    void aWatchOutlivesAReconnectAndWhatItMissedIsNotReplayed() {
        List<String> told = new CopyOnWriteArrayList<>();
        List<String> life = new CopyOnWriteArrayList<>();
        session.addListener(new ZkSession.Listener() {
            @Override
            public void began(ZkHandle begun) {
                life.add("began");
            }

            @Override
            public void suspended() {
                life.add("suspended");
            }

            @Override
            public void reconnected(ZkHandle again) {
                life.add("reconnected");
            }
        });
        world.get(handle.watch("/t", AddWatchMode.PERSISTENT, keeping(told)));
        world.get(handle.watch("/t", AddWatchMode.PERSISTENT_RECURSIVE, keeping(told)));
        world.withoutConnection(session, () -> {
            world.await(() -> life.contains("suspended"));
            create("/t/missed", "");
            set("/t", "missed");
        });
        world.await(() -> life.contains("reconnected"));
        assertThat(read("/t/missed")).isPresent();
        assertThat(told).isEmpty();
        assertThat(life).containsExactly("suspended", "reconnected");

        delete("/t/missed");
        read("/t");
        assertThat(told).containsExactlyInAnyOrder("NodeChildrenChanged /t", "NodeDeleted /t/missed");
    }

    @Test
    void aCallWhoseReplyIsLostFailsWithoutSayingWhetherItTookEffect() {
        ZkFailure lost = failure(world.losingReply(session, () -> handle.multi(List.of(creation("/t/unheard", "")))));
        assertThat(lost.fateUnknown()).isTrue();
        world.get(other.sync("/t"));
        assertThat(world.get(other.read("/t/unheard"))).isPresent();
    }
}
