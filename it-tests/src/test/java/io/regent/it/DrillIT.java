package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drill as its users run it: nothing acknowledged is lost, whoever is killed and however the death is noticed. */
@Timeout(ItCluster.TEST_LIMIT_S)
class DrillIT {

    @Test
    void controllersKilledOneAfterTheOtherLoseAndDuplicateNothing() throws Exception {
        String report = PeerProcess.regent("drill", "--kills", "3", "--pause", "1");
        assertThat(report).contains("Kill 3 of 3", "elected", "in the ISR", "Nothing acknowledged was lost.");
        assertThat(report).containsPattern("lost\\s+0").containsPattern("duplicated\\s+0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connection", "session"})
    void aKilledLeaderLosesNothingHoweverItsDeathIsNoticed(String detection) throws Exception {
        String report = PeerProcess.regent(
                "drill",
                "--pause",
                "1",
                "--victim",
                "leader",
                "--override",
                "regent.failure.detection=" + detection,
                "--override",
                "zookeeper.session.timeout.ms=6000");
        assertThat(report).contains("Nothing acknowledged was lost.");
        assertThat(report).containsPattern("duplicated\\s+0");
    }
}
