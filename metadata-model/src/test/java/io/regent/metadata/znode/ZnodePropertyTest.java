package io.regent.metadata.znode;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ZnodePropertyTest {

    private static final List<String> LINES = Codecs.lines("kafka-3.9.2.txt");

    /** One byte of a znode's data that becomes another. */
    record Damage(String line, int position, byte replacement, boolean cut) {}

    @Provide
    Arbitrary<Damage> damages() {
        return Combinators.combine(
                        Arbitraries.of(LINES),
                        Arbitraries.integers().between(0, 400),
                        Arbitraries.bytes(),
                        Arbitraries.of(true, false))
                .as(Damage::new);
    }

    /** A damaged znode gives a value or the one exception, and nothing else. */
    @Property(tries = 5000)
    void anyDamageGivesAValueOrANamedError(@ForAll("damages") Damage damage) {
        String path = damage.line().substring(0, damage.line().indexOf(' '));
        byte[] data = damage.line().substring(damage.line().indexOf(' ') + 1).getBytes(StandardCharsets.UTF_8);
        int position = damage.position() % data.length;
        if (damage.cut()) {
            data = Arrays.copyOf(data, position);
        } else {
            data[position] = damage.replacement();
        }
        try {
            assertThat(Codecs.rewrite(path, data)).isNotEmpty();
        } catch (BadZnodeException e) {
            assertThat(e.path()).startsWith(path);
            assertThat(e.reason()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<PartitionState> states() {
        Arbitrary<Integer> counts = Arbitraries.integers().greaterOrEqual(0);
        return Combinators.combine(
                        Arbitraries.integers().between(-1, Integer.MAX_VALUE),
                        counts,
                        counts.list().uniqueElements().ofMaxSize(12),
                        Arbitraries.of(LeaderRecovery.class),
                        counts,
                        counts)
                .as((leader, epoch, isr, recovery, controllerEpoch, version) ->
                        new PartitionState(leader, epoch, Replicas.of(isr), recovery, controllerEpoch, version));
    }

    @Property
    void aStateIsReadAsItWasWritten(@ForAll("states") PartitionState state) throws BadZnodeException {
        byte[] data = PartitionStateZnode.encode(state);

        assertThat(PartitionStateZnode.decode(new PartitionId("t", 0), data, state.version()))
                .isEqualTo(state);
    }
}
