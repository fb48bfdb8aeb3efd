package io.regent.broker.api;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.network.Request;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DuplicateResourceException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.apache.kafka.common.requests.AlterUserScramCredentialsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.utils.Sanitizer;

/**
 * Answers DescribeUserScramCredentials and AlterUserScramCredentials (KIP-554): credentials are kept for the Kafka brokers
 * of the cluster, as this broker has no SASL listener that asks for them.
 *
 * <p>Any request thread may call it; each user is altered, and answered, for itself.
 */
final class ScramCredentialsHandler {
    private static final int MAX_ITERATIONS = 16_384;

    private final ConfigStore store;

    ScramCredentialsHandler(ConfigStore store) {
        this.store = store;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, this::describe)
                .register(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, this::alter);
    }

    private void describe(Request request) {
        List<UserName> asked =
                request.body(DescribeUserScramCredentialsRequest.class).data().users();
        Answers.when(store.all(EntityType.USERS), request, all -> {
            Map<String, List<CredentialInfo>> found = new TreeMap<>();
            all.forEach((name, config) -> {
                List<CredentialInfo> infos = infos(config);
                if (!infos.isEmpty()) {
                    found.put(Sanitizer.desanitize(name), infos);
                }
            });
            List<DescribeUserScramCredentialsResult> results = new ArrayList<>();
            if (asked == null || asked.isEmpty()) {
                found.forEach((user, infos) -> results.add(
                        new DescribeUserScramCredentialsResult().setUser(user).setCredentialInfos(infos)));
            } else {
                Map<String, Integer> times = new LinkedHashMap<>();
                asked.forEach(user -> times.merge(user.name(), 1, Integer::sum));
                times.forEach((user, count) -> results.add(described(user, count, found.get(user))));
            }
            return new DescribeUserScramCredentialsResponse(
                    new DescribeUserScramCredentialsResponseData().setResults(results));
        });
    }

    private static List<CredentialInfo> infos(Map<String, String> config) {
        List<CredentialInfo> infos = new ArrayList<>();
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            String credential = config.get(mechanism.mechanismName());
            if (credential != null) {
                infos.add(new CredentialInfo()
                        .setMechanism(mechanism.type())
                        .setIterations(ScramCredentialUtils.credentialFromString(credential)
                                .iterations()));
            }
        }
        return infos;
    }

    private static DescribeUserScramCredentialsResult described(String user, int times, List<CredentialInfo> infos) {
        DescribeUserScramCredentialsResult result = new DescribeUserScramCredentialsResult().setUser(user);
        ApiException refusal = user.isEmpty()
                ? new ResourceNotFoundException("Username must not be empty")
                : times > 1
                        ? new DuplicateResourceException(
                                "Cannot describe SCRAM credentials for the same user twice in a single request: "
                                        + user)
                        : infos == null
                                ? new ResourceNotFoundException(
                                        "Attempt to describe a user credential that does not exist: " + user)
                                : null;
        if (refusal == null) {
            return result.setCredentialInfos(infos);
        }
        ApiError error = ApiError.fromThrowable(refusal);
        return result.setErrorCode(error.error().code()).setErrorMessage(error.message());
    }

    /** One user's changes by mechanism; no upsertion means deletion. */
    private record Change(ScramMechanism mechanism, ScramCredentialUpsertion upsertion) {}

    private void alter(Request request) {
        AlterUserScramCredentialsRequestData data =
                request.body(AlterUserScramCredentialsRequest.class).data();
        Map<String, List<Change>> byUser = new LinkedHashMap<>();
        data.deletions()
                .forEach(deletion -> byUser.computeIfAbsent(deletion.name(), name -> new ArrayList<>())
                        .add(new Change(ScramMechanism.fromType(deletion.mechanism()), null)));
        data.upsertions()
                .forEach(upsertion -> byUser.computeIfAbsent(upsertion.name(), name -> new ArrayList<>())
                        .add(new Change(ScramMechanism.fromType(upsertion.mechanism()), upsertion)));
        Map<String, CompletableFuture<ApiError>> outcomes = new LinkedHashMap<>();
        byUser.forEach((user, changes) ->
                outcomes.put(user, Answers.outcome(() -> alter(user, changes), ApiError::fromThrowable)));
        Answers.when(CompletableFuture.allOf(outcomes.values().toArray(CompletableFuture[]::new)), request, done -> {
            AlterUserScramCredentialsResponseData response = new AlterUserScramCredentialsResponseData();
            outcomes.forEach((user, outcome) -> response.results()
                    .add(new AlterUserScramCredentialsResult()
                            .setUser(user)
                            .setErrorCode(outcome.join().error().code())
                            .setErrorMessage(outcome.join().message())));
            return new AlterUserScramCredentialsResponse(response);
        });
    }

    private CompletableFuture<?> alter(String user, List<Change> changes) {
        check(user, changes);
        Map<String, String> credentials = credentials(changes);
        Deletions deletions = new Deletions();
        return store.change(
                EntityType.USERS, Sanitizer.sanitize(user), before -> deletions.applied(before, changes, credentials));
    }

    private static void check(String user, List<Change> changes) {
        if (user.isEmpty()) {
            throw new UnacceptableCredentialException("Username must not be empty");
        }
        for (Change change : changes) {
            if (change.mechanism == ScramMechanism.UNKNOWN) {
                throw new UnsupportedSaslMechanismException("Unknown SCRAM mechanism");
            }
            if (change.upsertion != null) {
                checkIterations(change);
            }
        }
        if (changes.stream().map(Change::mechanism).distinct().count() < changes.size()) {
            throw new DuplicateResourceException("A user credential cannot be altered twice in the same request");
        }
    }

    private static void checkIterations(Change change) {
        int iterations = change.upsertion.iterations();
        if (iterations < internal(change.mechanism).minIterations()) {
            throw new UnacceptableCredentialException("Too few iterations");
        }
        if (iterations > MAX_ITERATIONS) {
            throw new UnacceptableCredentialException("Too many iterations");
        }
    }

    private static org.apache.kafka.common.security.scram.internals.ScramMechanism internal(ScramMechanism mechanism) {
        return org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(
                mechanism.mechanismName());
    }

    /** By mechanism's name. Made once, so that a change that is made again writes the same. */
    private static Map<String, String> credentials(List<Change> changes) {
        Map<String, String> credentials = new TreeMap<>();
        for (Change change : changes) {
            ScramCredentialUpsertion upsertion = change.upsertion;
            if (upsertion != null) {
                try {
                    credentials.put(
                            change.mechanism.mechanismName(),
                            ScramCredentialUtils.credentialToString(new ScramFormatter(internal(change.mechanism))
                                    .generateCredential(
                                            upsertion.salt(), upsertion.saltedPassword(), upsertion.iterations())));
                } catch (NoSuchAlgorithmException e) {
                    throw new UnsupportedSaslMechanismException(change.mechanism + " is not known to this JDK", e);
                }
            }
        }
        return credentials;
    }

    /** Judges deletions once: when the reply was lost, what is to be deleted is gone already. */
    private static final class Deletions {
        private boolean judged;

        Map<String, String> applied(Map<String, String> before, List<Change> changes, Map<String, String> credentials) {
            Map<String, String> after = new TreeMap<>(before);
            for (Change change : changes) {
                boolean deletesNothing =
                        change.upsertion == null && after.remove(change.mechanism.mechanismName()) == null;
                if (deletesNothing && !judged) {
                    throw new ResourceNotFoundException("Attempt to delete a user credential that does not exist");
                }
            }
            judged = true;
            after.putAll(credentials);
            return after;
        }
    }
}
