package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import org.apache.kafka.common.errors.SecurityDisabledException;

/**
 * Answers DescribeAcls as Kafka does without an authorizer, which tells tools that there are no ACLs.
 *
 * <p>Stateless; any thread may call it.
 */
final class DescribeAclsHandler implements RequestHandler {
    @Override
    public void handle(Request request) {
        throw new SecurityDisabledException("No Authorizer is configured on the broker");
    }
}
