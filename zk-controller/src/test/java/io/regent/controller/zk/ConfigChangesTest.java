package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigChangesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String FIRST = "/config/changes/config_change_0000000001";
    private static final String SECOND = "/config/changes/config_change_0000000002";
    private static final String THIRD = "/config/changes/config_change_0000000003";

    private final AtomicLong passedMs = new AtomicLong();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private ZkFixture zk;

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
        new ConfigChanges(new ShiftedSession(zk.session("node")), told::add).start();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    /** A real session whose clock the test moves on. */
    private final class ShiftedSession implements ZkSession {
        private final ZkSession real;

        ShiftedSession(ZkSession real) {
            this.real = real;
        }

        @Override
        public void addListener(Listener listener) {
            real.addListener(listener);
        }

        @Override
        public void removeListener(Listener listener) {
            real.removeListener(listener);
        }

        @Override
        public Optional<ZkHandle> handle() {
            return real.handle();
        }

        @Override
        public boolean isConnected() {
            return real.isConnected();
        }

        @Override
        public SessionThread thread() {
            return new SessionThread() {
                @Override
                public void execute(Runnable task) {
                    real.thread().execute(task);
                }

                @Override
                public void schedule(long delayMs, Runnable task) {
                    real.thread().schedule(delayMs, task);
                }

                @Override
                public long nowMs() {
                    return real.thread().nowMs() + passedMs.get();
                }

                @Override
                public long timeOfDayMs() {
                    return real.thread().timeOfDayMs();
                }
            };
        }

        @Override
        public ZkSettings settings() {
            return real.settings();
        }
    }

    private void change(String path, String entity) throws Exception {
        zk.create(path, "{\"version\":2,\"entity_path\":\"" + entity + "\"}");
        await().atMost(PATIENCE).until(() -> told.contains(entity));
    }

    @Test
    void aNotificationThatWasSeenLongAgoIsRemovedWithTheNextAndANewerOneStays() throws Exception {
        change(FIRST, "topics/one");
        passedMs.addAndGet(SeenNotifications.KEEP_MS / 2);
        change(SECOND, "topics/two");
        passedMs.addAndGet(SeenNotifications.KEEP_MS / 2);
        change(THIRD, "topics/three");

        await().atMost(PATIENCE).until(() -> !zk.exists(FIRST));
        assertThat(zk.exists(SECOND)).isTrue();
        assertThat(zk.exists(THIRD)).isTrue();
    }
}
