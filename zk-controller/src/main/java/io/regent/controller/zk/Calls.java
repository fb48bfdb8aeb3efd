package io.regent.controller.zk;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How calls to ZooKeeper are combined. All of it runs on the session's thread. */
final class Calls {

    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    /** How many znodes one read or one delete names, so that a request stays far below 1 MB with the longest paths. */
    private static final int BATCH = 500;

    private Calls() {}

    /** Hands the outcome of a call to one of two receivers. An exception that a receiver throws is logged. */
    static <T> void then(CompletableFuture<T> call, Consumer<T> onResult, Consumer<ZkFailure> onFailure) {
        var unused = call.whenComplete((result, thrown) -> {
            try {
                if (thrown == null) {
                    onResult.accept(result);
                } else {
                    onFailure.accept(ZkFailure.of(thrown));
                }
            } catch (RuntimeException e) {
                LOG.error("Handling the reply of ZooKeeper failed", e);
            }
        });
    }

    /** Makes one call an item, with at most {@code window} on their way; gives the results in the order of the items. */
    static <A, B> CompletableFuture<List<B>> pipeline(
            List<A> items, int window, Function<A, CompletableFuture<B>> call) {
        Pipeline<A, B> pipeline = new Pipeline<>(items, call);
        for (int i = 0; i < Math.min(window, items.size()); i++) {
            pipeline.next();
        }
        if (items.isEmpty()) {
            pipeline.done.complete(List.of());
        }
        return pipeline.done;
    }

    /** Reads these znodes, with at most {@code window} requests on their way; gives them in the order of the paths. */
    static CompletableFuture<List<Optional<Znode>>> readAll(ZkHandle handle, List<String> paths, int window) {
        return pipeline(batches(paths), window, handle::readAll)
                .thenApply(batches -> batches.stream().flatMap(List::stream).toList());
    }

    static <T> List<List<T>> batches(List<T> items) {
        return Lists.partition(items, BATCH);
    }

    private static final class Pipeline<A, B> {
        private final List<A> items;
        private final Function<A, CompletableFuture<B>> call;
        private final List<B> results;
        private final CompletableFuture<List<B>> done = new CompletableFuture<>();
        private int started;
        private int finished;

        Pipeline(List<A> items, Function<A, CompletableFuture<B>> call) {
            this.items = items;
            this.call = call;
            this.results = new ArrayList<>(Collections.nCopies(items.size(), null));
        }

        void next() {
            if (done.isDone() || started == items.size()) {
                return;
            }
            int index = started++;
            var unused = call.apply(items.get(index)).whenComplete((result, thrown) -> {
                if (thrown != null) {
                    done.completeExceptionally(thrown);
                    return;
                }
                results.set(index, result);
                if (++finished == items.size()) {
                    done.complete(results);
                } else {
                    next();
                }
            });
        }
    }
}
