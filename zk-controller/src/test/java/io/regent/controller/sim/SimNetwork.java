package io.regent.controller.sim;

import io.regent.controller.Answer;
import io.regent.controller.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The network between simulated nodes: which of them reach each other, and what is lost on the way. */
final class SimNetwork {

    static final int FIRST_PORT = 9_000;

    /** After this long an asker no longer waits. */
    private static final long ASK_TIMEOUT_MS = 3_000;

    private static final int LOST_ONE_IN = 12;

    private final SimClock clock;
    private final SortedMap<Integer, SimNode> nodes = new TreeMap<>();
    private final TreeSet<String> cuts = new TreeSet<>();
    private final List<Open> open = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private boolean lossy = true;

    private record Open(int from, int to, SimLink link) {}

    /** A question that has reached a controller, and what becomes of it. */
    record Asked(SimProcess process, Event.Ask ask, CompletableFuture<Answer> answer) {}

    SimNetwork(SimClock clock) {
        this.clock = clock;
    }

    SimClock clock() {
        return clock;
    }

    void add(SimNode node) {
        nodes.put(node.id(), node);
    }

    SimNode at(int port) {
        return nodes.get(port - FIRST_PORT);
    }

    List<Asked> asked() {
        return asked;
    }

    /** Messages are lost from now on, or are not. */
    void setLossy(boolean yes) {
        lossy = yes;
        if (!yes) {
            cuts.clear();
        }
    }

    private static String pair(int one, int other) {
        return Math.min(one, other) + "-" + Math.max(one, other);
    }

    void cut(int one, int other) {
        cuts.add(pair(one, other));
        breakLinks(one, other, clock.oneIn(2));
    }

    void mend(int one, int other) {
        cuts.remove(pair(one, other));
    }

    boolean isCut(SimNode one, SimNode other) {
        return one != other && cuts.contains(pair(one.id(), other.id()));
    }

    void opened(SimNode from, SimNode to, SimLink link) {
        open.removeIf(each -> each.link().isClosed());
        open.add(new Open(from.id(), to.id(), link));
    }

    /** Breaks the connections between two nodes that are open now. */
    void breakLinks(int one, int other, boolean requestsArrive) {
        for (Open each : List.copyOf(open)) {
            if (pair(each.from(), each.to()).equals(pair(one, other))) {
                each.link().breakOff(requestsArrive);
            }
        }
    }

    /**
     * Asks a node for something a controller does. The question may be lost, doubled or late, and so may the answer.
     *
     * @param onEnd is told the answer, or nothing when there is none
     */
    void ask(Optional<SimNode> from, SimNode to, Event.Ask ask, Consumer<Optional<Answer>> onEnd) {
        CompletableFuture<Optional<Answer>> end = new CompletableFuture<>();
        var unused = end.thenAccept(onEnd);
        clock.after(ASK_TIMEOUT_MS, () -> end.complete(Optional.empty()));
        deliver(from, to, ask, end);
        if (lossy && clock.oneIn(LOST_ONE_IN)) {
            deliver(from, to, ask, end);
        }
    }

    private void deliver(Optional<SimNode> from, SimNode to, Event.Ask ask, CompletableFuture<Optional<Answer>> end) {
        boolean cut = from.isPresent() && isCut(from.get(), to);
        if (cut || !to.isUp() || (lossy && clock.oneIn(LOST_ONE_IN))) {
            return;
        }
        SimProcess process = to.process();
        boolean answerIsLost = lossy && clock.oneIn(LOST_ONE_IN);
        process.after(clock.delayMs(), () -> {
            if (to.process() != process) {
                return;
            }
            CompletableFuture<Answer> answer = to.loop().ask(ask);
            asked.add(new Asked(process, ask, answer));
            var unused = answer.whenComplete((result, failure) -> {
                if (!answerIsLost) {
                    clock.after(clock.delayMs(), () -> end.complete(Optional.ofNullable(result)));
                }
            });
        });
    }
}
