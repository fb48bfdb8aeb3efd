package io.regent.broker;

import io.regent.broker.replica.ControllerChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.message.ControlledShutdownRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ControlledShutdownRequest;
import org.apache.kafka.common.requests.ControlledShutdownResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the controller move this broker's leaders away before the broker stops, so that clients hardly notice.
 *
 * <p>Called once, by the thread that shuts the broker down. It gives up after a bounded time: a broker whose ZooKeeper or
 * controller is away must still be able to stop (KAFKA-9189).
 */
final class ControlledShutdown {
    private static final Logger LOG = LoggerFactory.getLogger(ControlledShutdown.class);
    /** Longer than a controller needs to be replaced and to answer; a try that ends here is tried again. */
    private static final long TRY_TIMEOUT_MS = 10_000;

    private static final long CONNECTION_CHECK_MS = 200;

    private final int brokerId;
    private final BrokerConfig config;
    private final LongSupplier brokerEpoch;
    private final ControllerChannel channel;
    private final BooleanSupplier zookeeperConnected;

    ControlledShutdown(
            int brokerId,
            BrokerConfig config,
            LongSupplier brokerEpoch,
            ControllerChannel channel,
            BooleanSupplier zookeeperConnected) {
        this.brokerId = brokerId;
        this.config = config;
        this.brokerEpoch = brokerEpoch;
        this.channel = channel;
        this.zookeeperConnected = zookeeperConnected;
    }

    /** Whether all leaders were moved away. */
    boolean run() {
        int tries = config.controlledShutdownMaxRetries();
        for (int left = tries; left > 0; left--) {
            if (!zookeeperConnected.getAsBoolean()) {
                LOG.warn("No controlled shutdown: without ZooKeeper no leader can be moved away");
                return false;
            }
            if (attempt()) {
                return true;
            }
            if (left > 1 && zookeeperConnected.getAsBoolean() && !pause()) {
                return false;
            }
        }
        LOG.warn("Not all leaders were moved away in {} tries; shutting down all the same", tries);
        return false;
    }

    private boolean attempt() {
        ControlledShutdownRequest.Builder request = new ControlledShutdownRequest.Builder(
                new ControlledShutdownRequestData().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch.getAsLong()),
                ApiKeys.CONTROLLED_SHUTDOWN.latestVersion());
        try {
            ControlledShutdownResponse response = (ControlledShutdownResponse)
                    whileConnected(channel.send(request, TRY_TIMEOUT_MS)).responseBody();
            int remaining = response.data().remainingPartitions().size();
            if (response.error() == Errors.NONE && remaining == 0) {
                LOG.info("The controller has moved all leaders away");
                return true;
            }
            LOG.info("Controlled shutdown is not done yet: {}, {} leaders remain", response.error(), remaining);
        } catch (ExecutionException e) {
            LOG.info("Controlled shutdown was not answered: {}", e.getCause().toString());
        } catch (CancellationException e) {
            LOG.info("Controlled shutdown was not answered before ZooKeeper was lost");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /**
     * Waits for the answer.
     *
     * @throws CancellationException when the connection to ZooKeeper is lost first
     */
    private ClientResponse whileConnected(CompletableFuture<ClientResponse> answer)
            throws ExecutionException, InterruptedException {
        while (zookeeperConnected.getAsBoolean()) {
            try {
                return answer.get(CONNECTION_CHECK_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.trace("Not answered yet", e);
            }
        }
        answer.cancel(false);
        return answer.get();
    }

    private boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(config.controlledShutdownRetryBackoffMs());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
