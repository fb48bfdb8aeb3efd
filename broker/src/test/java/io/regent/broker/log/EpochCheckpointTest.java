package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.EPOCH;
import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.config;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochCheckpointTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void openLog() {
        fixture = new LogFixture(logDir);
        log = fixture.open(config());
    }

    private List<EpochEntry> onDisk() throws IOException {
        return new LeaderEpochCheckpointFile(LeaderEpochCheckpointFile.newFile(fixture.dir), fixture.failures).read();
    }

    @Test
    void aNewLeaderDoesNotWaitForTheDisk() throws IOException {
        log.assignEpochStartOffset(EPOCH, 0);
        log.assignEpochStartOffset(EPOCH + 1, 0);

        assertThat(log.latestEpoch()).hasValue(EPOCH + 1);
        assertThat(onDisk()).isEmpty();
        fixture.scheduler.advance(EpochCheckpoint.DELAY_MS);
        assertThat(onDisk()).containsExactly(new EpochEntry(EPOCH + 1, 0));
    }

    @Test
    void epochsAreOnDiskBeforeTheRecoveryPointPassesThem() throws IOException {
        append(log, "1");

        log.flush();

        assertThat(log.store().recoveryPoint()).isEqualTo(1);
        assertThat(onDisk()).containsExactly(new EpochEntry(EPOCH, 0));
    }

    @Test
    void aCleanCloseLeavesThemOnDisk() throws IOException {
        log.assignEpochStartOffset(EPOCH, 0);

        log.close();

        assertThat(onDisk()).containsExactly(new EpochEntry(EPOCH, 0));
    }

    @Test
    void aDeletedLogWritesNothingIntoTheDirectoryOfItsSuccessor() throws IOException {
        append(log, "1");
        log.renameForDeletion();
        Files.createDirectory(fixture.dir.toPath());

        fixture.scheduler.advance(EpochCheckpoint.DELAY_MS);

        assertThat(onDisk()).isEmpty();
    }
}
