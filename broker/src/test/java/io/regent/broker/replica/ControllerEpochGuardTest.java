package io.regent.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.ControllerMovedException;
import org.junit.jupiter.api.Test;

class ControllerEpochGuardTest {
    private final AtomicInteger known = new AtomicInteger(5);
    private final Deque<CompletableFuture<Integer>> reads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final ControllerEpochGuard guard = new ControllerEpochGuard(known::get, this::read, Runnable::run);

    private CompletableFuture<Integer> read() {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        reads.add(read);
        return read;
    }

    private CompletableFuture<Boolean> ask(int epoch, String name) {
        return guard.obey(epoch, () -> done.add(name));
    }

    @Test
    void theRulingControllerIsObeyedAtOnce() {
        assertThat(ask(5, "a")).isCompleted();
        assertThat(done).containsExactly("a");
        assertThat(reads).isEmpty();
    }

    @Test
    void aDeposedControllerIsRefused() {
        known.set(6);
        assertThat(ask(6, "new")).isCompleted();

        assertThatThrownBy(() -> ask(5, "old").get())
                .hasCauseInstanceOf(ControllerMovedException.class)
                .hasMessageContaining("latest controller epoch is 6");
        assertThat(done).containsExactly("new");
    }

    @Test
    void aNewControllerIsObeyedOnceZooKeeperConfirmsIt() {
        var first = ask(6, "first");
        var second = ask(6, "second");
        assertThat(done).isEmpty();

        reads.remove().complete(6);

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(done).containsExactly("first", "second");
        assertThat(reads).isEmpty();
    }

    @Test
    void aForgedEpochIsRefusedAndTheRealControllerGoesOn() {
        var forged = ask(Integer.MAX_VALUE, "forged");
        reads.remove().complete(5);

        assertThat(forged).isCompletedExceptionally();
        assertThat(ask(5, "real")).isCompleted();
        assertThat(done).containsExactly("real");
    }

    @Test
    void theRealControllerIsObeyedWhileAForgedRequestWaits() {
        var forged = ask(Integer.MAX_VALUE, "forged");
        assertThat(ask(5, "real")).isCompleted();
        assertThat(forged).isNotDone();
        assertThat(done).containsExactly("real");
    }

    @Test
    void aReadThatBeganBeforeTheElectionSaysNothingOfARequestThatCameLater() {
        var six = ask(6, "six");
        var seven = ask(7, "seven");

        reads.remove().complete(6);
        assertThat(six).isCompleted();
        assertThat(seven).isNotDone();

        reads.remove().complete(7);
        assertThat(seven).isCompleted();
        assertThat(done).containsExactly("six", "seven");
    }

    @Test
    void theRequestWaitsWhileZooKeeperDoesNotAnswer() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            AtomicInteger asked = new AtomicInteger();
            ControllerEpochGuard patient = new ControllerEpochGuard(
                    known::get,
                    () -> asked.incrementAndGet() < 3
                            ? CompletableFuture.failedFuture(new IOException("connection loss"))
                            : CompletableFuture.completedFuture(6),
                    executor);

            assertThat(patient.obey(6, () -> "obeyed").get(10, TimeUnit.SECONDS))
                    .isEqualTo("obeyed");
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void onlyAFewRequestsMayWait() {
        for (int i = 0; i < ControllerEpochGuard.MAX_WAITING; i++) {
            assertThat(ask(6, "waits")).isNotDone();
        }
        assertThat(ask(6, "one too many")).isCompletedExceptionally();
    }

    @Test
    void aFailureOfTheWorkIsTheAnswer() {
        CompletableFuture<Object> failed = guard.obey(5, () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(failed).isCompletedExceptionally();
        assertThat(ask(5, "next")).isCompleted();
    }
}
