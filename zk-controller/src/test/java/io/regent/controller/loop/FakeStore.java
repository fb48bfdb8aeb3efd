package io.regent.controller.loop;

import io.regent.controller.Reign;
import io.regent.controller.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A store that does nothing but remember what it was asked; the test says what comes of it. */
final class FakeStore implements CoordinationStore {

    final List<Written> commits = new ArrayList<>();
    final List<Integer> expected = new ArrayList<>();
    final List<Reign> resignations = new ArrayList<>();
    final List<Reign> renewals = new ArrayList<>();
    final List<Integer> deposed = new ArrayList<>();
    final List<Integer> evicted = new ArrayList<>();
    final List<Integer> supplanted = new ArrayList<>();
    final List<Integer> succeeded = new ArrayList<>();
    int contests;
    private Consumer<StoreEvent> listener;

    record Written(Reign reign, long ticket, List<Write> writes) {}

    @Override
    public void start(Consumer<StoreEvent> newListener) {
        listener = newListener;
    }

    void tell(StoreEvent event) {
        listener.accept(event);
    }

    @Override
    public void contest() {
        contests++;
    }

    @Override
    public void supplant(int controllerId) {
        supplanted.add(controllerId);
    }

    @Override
    public void succeed(int controllerId) {
        succeeded.add(controllerId);
    }

    @Override
    public void expect(Reign reign, int writes) {
        expected.add(writes);
    }

    @Override
    public void commit(Reign reign, long ticket, List<Write> writes) {
        commits.add(new Written(reign, ticket, writes));
    }

    @Override
    public void resign(Reign reign) {
        resignations.add(reign);
    }

    @Override
    public void renew(Reign reign) {
        renewals.add(reign);
    }

    @Override
    public void depose(int controllerId) {
        deposed.add(controllerId);
    }

    @Override
    public void evict(Reign reign, int brokerId, long brokerEpoch) {
        evicted.add(brokerId);
    }

    @Override
    public void close() {}
}
