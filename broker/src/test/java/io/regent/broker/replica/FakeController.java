package io.regent.broker.replica;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/** Takes ISR proposals and answers them when a test says so. */
final class FakeController implements AlterPartitionChannel {
    private record Asked(Proposal proposal, CompletableFuture<Confirmed> answer) {}

    private final Deque<Asked> asked = new ArrayDeque<>();

    @Override
    public synchronized CompletableFuture<Confirmed> alter(Proposal proposal) {
        Asked one = new Asked(proposal, new CompletableFuture<>());
        asked.add(one);
        return one.answer;
    }

    synchronized int waiting() {
        return asked.size();
    }

    synchronized Set<Integer> proposedIsr() {
        return isr(asked.element().proposal);
    }

    synchronized Proposal proposal() {
        return asked.element().proposal;
    }

    private synchronized Asked take() {
        return asked.remove();
    }

    private static Set<Integer> isr(Proposal proposal) {
        Set<Integer> ids = new TreeSet<>();
        proposal.isr().forEach(member -> ids.add(member.brokerId()));
        return ids;
    }

    /** Does as asked. */
    void agree() {
        Asked one = take();
        Proposal proposal = one.proposal;
        one.answer.complete(new Confirmed(1, proposal.leaderEpoch(), proposal.partitionEpoch() + 1, isr(proposal)));
    }

    /** Says what holds instead. */
    void answer(int leaderEpoch, int partitionEpoch, Integer... isr) {
        take().answer.complete(new Confirmed(1, leaderEpoch, partitionEpoch, Set.copyOf(List.of(isr))));
    }

    void refuse(Errors error) {
        take().answer.completeExceptionally(error.exception());
    }
}
