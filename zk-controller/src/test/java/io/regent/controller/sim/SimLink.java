package io.regent.controller.sim;

import io.regent.controller.link.Body;
import io.regent.controller.link.BrokerAnswer;
import io.regent.controller.link.BrokerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;

/** A simulated controller's connection to one life of a simulated broker. */
final class SimLink implements BrokerConnection {

    private static final long TIMEOUT_MS = 5_000;

    private final SimNode to;
    private final SimThread lane;
    private final Listener listener;
    private final SimPipe toBroker;
    private final SimPipe toController;
    private final Deque<CompletableFuture<BrokerAnswer>> unanswered = new ArrayDeque<>();
    private SimProcess peer;
    private boolean arriving = true;
    private boolean closed;

    SimLink(SimNetwork network, SimNode from, SimNode to, SimThread lane, Listener listener) {
        SimClock clock = network.clock();
        this.to = to;
        this.lane = lane;
        this.listener = listener;
        this.toBroker = new SimPipe(clock);
        this.toController = new SimPipe(clock);
        clock.after(clock.delayMs(), () -> {
            if (to.isUp() && !network.isCut(from, to)) {
                peer = to.process();
                peer.onDeath(() -> breakOff(false));
                network.opened(from, to, this);
                lane.execute(() -> {
                    if (!closed) {
                        listener.ready();
                    }
                });
            } else {
                lane.execute(() -> fail("refused"));
            }
        });
    }

    @Override
    public Optional<Short> version(ApiKeys key, short lowest) {
        return Optional.of(to.speaksOldest() ? lowest : key.latestVersion());
    }

    @Override
    public CompletableFuture<BrokerAnswer> send(Body body) {
        CompletableFuture<BrokerAnswer> answer = new CompletableFuture<>();
        if (closed) {
            answer.completeExceptionally(new IOException("the connection is closed"));
            return answer;
        }
        unanswered.add(answer);
        toBroker.send(() -> {
            if (arriving) {
                peer.run(() -> answer(body.parse(), answer));
            }
        });
        lane.schedule(TIMEOUT_MS, () -> {
            if (!answer.isDone()) {
                fail("no answer");
            }
        });
        return answer;
    }

    private void answer(AbstractRequest request, CompletableFuture<BrokerAnswer> answer) {
        if (to.brokerEpoch() < 0) {
            // A life that has not registered yet serves nobody: it could not tell what is meant for an earlier one.
            return;
        }
        ByteBuffer response =
                MessageUtil.toByteBuffer(to.broker().handle(request).data(), request.version());
        toController.send(() -> lane.execute(() -> {
            if (!closed) {
                unanswered.removeIf(each -> each == answer);
                answer.complete(BrokerAnswer.of(request.apiKey(), request.version(), response));
            }
        }));
    }

    /**
     * Breaks the connection.
     *
     * @param requestsArrive whether the broker obeys what was on its way, and only the answers are lost
     */
    void breakOff(boolean requestsArrive) {
        if (requestsArrive) {
            toBroker.afterAll(() -> arriving = false);
        } else {
            arriving = false;
        }
        lane.execute(() -> fail("broken"));
    }

    private void fail(String reason) {
        if (!closed) {
            close();
            listener.closed(reason);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        IOException gone = new IOException("the connection is closed");
        while (!unanswered.isEmpty()) {
            unanswered.poll().completeExceptionally(gone);
        }
    }
}
