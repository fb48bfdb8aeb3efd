package io.regent.broker.api;

import io.regent.broker.network.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.security.authorizer.AclEntry;

/** What many handlers share when they answer. Stateless; any thread may call it. */
final class Answers {
    private Answers() {}

    /** Answers when {@code result} is there; its failure becomes the request's own error response. */
    static <T> void when(
            CompletionStage<T> result, Request request, Function<? super T, ? extends AbstractResponse> toResponse) {
        result.whenComplete((value, failure) -> {
            if (failure != null) {
                request.fail(cause(failure));
                return;
            }
            try {
                request.reply(toResponse.apply(value));
            } catch (RuntimeException unexpected) {
                request.fail(unexpected);
            }
        });
    }

    /**
     * What becomes of one alteration among several, which are answered each for itself.
     *
     * @param alteration begins it; what it throws refuses it
     * @param refusal tells what went wrong, as clients know it
     */
    static CompletableFuture<ApiError> outcome(
            Supplier<CompletableFuture<?>> alteration, Function<Throwable, ApiError> refusal) {
        CompletableFuture<?> done;
        try {
            done = alteration.get();
        } catch (RuntimeException refused) {
            done = CompletableFuture.failedFuture(refused);
        }
        return done.handle((unused, failure) -> failure == null ? ApiError.NONE : refusal.apply(cause(failure)));
    }

    /** What went wrong, without the wrappers that futures put around it. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** All operations of a kind of resource, as the bit field that clients read: without ACLs everyone may do all. */
    static int allOperations(ResourceType type) {
        return Utils.to32BitField(Utils.mkSet(AclEntry.supportedOperations(type).stream()
                .map(AclOperation::code)
                .toArray(Byte[]::new)));
    }
}
