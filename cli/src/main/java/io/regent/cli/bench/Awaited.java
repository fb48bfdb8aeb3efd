package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Several things that must all come true, and when the last of them did.
 *
 * <p>One thread. Waits no longer than it was told, and not at all for a process that has ended.
 */
final class Awaited {
    private static final long CHECK_MS = 500;

    private final List<Item> items = new ArrayList<>();

    private record Item(String name, CompletableFuture<Long> atNanos, Supplier<String> progress) {}

    Awaited add(String name, CompletableFuture<Long> atNanos) {
        items.add(new Item(name, atNanos, () -> "not yet"));
        return this;
    }

    Awaited add(String name, Goal goal) {
        items.add(new Item(name, goal.reached(), goal::progress));
        return this;
    }

    /**
     * Waits for all.
     *
     * @param stillPossible throws when there is no use in waiting on
     * @return when the last of them came true, on {@link System#nanoTime()}
     * @throws CommandFailure when not all did in time, naming those
     */
    long lastNanos(long timeoutMs, Runnable stillPossible) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        long last = Long.MIN_VALUE;
        for (Item item : items) {
            last = Math.max(last, await(item, deadline, timeoutMs, stillPossible));
        }
        return last;
    }

    private long await(Item item, long deadline, long timeoutMs, Runnable stillPossible) {
        while (true) {
            try {
                return item.atNanos().get(CHECK_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                stillPossible.run();
                if (System.nanoTime() > deadline) {
                    throw new CommandFailure("after " + timeoutMs / 1000 + " s: " + missing(), e);
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException(item.name(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure("interrupted", e);
            }
        }
    }

    private String missing() {
        return String.join(
                "; ",
                items.stream()
                        .filter(item -> !item.atNanos().isDone())
                        .map(item -> item.name() + " " + item.progress().get())
                        .toList());
    }
}
