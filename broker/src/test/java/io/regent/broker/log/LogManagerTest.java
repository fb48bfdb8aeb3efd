package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogManagerTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition BILLS = new TopicPartition("bills", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path temp;

    private final FakeTime time = new FakeTime(LogFixture.START_MS);
    private final FakeScheduler scheduler = new FakeScheduler(time);
    private final Map<String, Properties> topicConfigs = new ConcurrentHashMap<>();
    private final Map<String, Set<TopicPartition>> failed = new ConcurrentHashMap<>();
    private final List<LogManager> managers = new ArrayList<>();

    @AfterEach
    void closeManagers() {
        managers.forEach(LogManager::close);
    }

    private LogManager create(String... dirs) {
        Map<String, String> properties = new HashMap<>();
        properties.put(
                "log.dirs",
                String.join(",", List.of(dirs).stream().map(this::path).toList()));
        properties.put("log.retention.check.interval.ms", "1000");
        properties.put("log.initial.task.delay.ms", "1000");
        properties.put("log.cleaner.enable", "false");
        AbstractConfig config = new AbstractConfig(AbstractKafkaConfig.CONFIG_DEF, properties, false);
        LogManager manager = new LogManager(LogManagerSettings.from(config), time, scheduler, LogFixture.silent());
        managers.add(manager);
        return manager;
    }

    private LogManager start(String... dirs) {
        LogManager manager = create(dirs);
        manager.claim(1, "cluster-a");
        manager.startup(topic -> topicConfigs.getOrDefault(topic, new Properties()), failed::put);
        return manager;
    }

    private void stop(LogManager manager) {
        managers.remove(manager);
        manager.close();
    }

    /** What the disk holds while the broker runs, and would hold had it been killed. */
    private void copyAsAfterAKill(String from, String to) throws IOException {
        try (Stream<Path> files = Files.walk(temp.resolve(from))) {
            for (Path file : files.toList()) {
                Files.copy(file, temp.resolve(to).resolve(temp.resolve(from).relativize(file)));
            }
        }
    }

    private String path(String dir) {
        return temp.resolve(dir).toString();
    }

    @Test
    void logsAreFoundAgainAfterACleanShutdown() {
        Uuid id = Uuid.randomUuid();
        LogManager manager = start("a");
        append(manager.getOrCreate(ORDERS, Optional.of(id), true), "1", "2");
        stop(manager);
        assertThat(temp.resolve("a/.kafka_cleanshutdown")).exists();
        assertThat(temp.resolve("a/recovery-point-offset-checkpoint")).hasContent("0\n1\norders 0 2");

        PartitionLog found = start("a").getLog(ORDERS).orElseThrow();

        assertThat(values(found, 0)).containsExactly("1", "2");
        assertThat(found.topicId()).contains(id);
        assertThat(temp.resolve("a/.kafka_cleanshutdown")).doesNotExist();
    }

    @Test
    void logsAreRecoveredAfterAKill() throws IOException {
        LogManager manager = start("a");
        append(manager.getOrCreate(ORDERS, Optional.empty(), true), "1", "2");
        copyAsAfterAKill("a", "b");
        Files.write(
                temp.resolve("b/orders-0/00000000000000000000.log"), new byte[] {0, 0, 0}, StandardOpenOption.APPEND);

        PartitionLog found = start("b").getLog(ORDERS).orElseThrow();

        assertThat(values(found, 0)).containsExactly("1", "2");
        assertThat(found.dir().toPath().resolve("00000000000000000000.log"))
                .hasSize(manager.getLog(ORDERS).orElseThrow().sizeInBytes());
    }

    @Test
    void aStartThatFailsLeavesTheCheckpointsAlone() throws IOException {
        stop(start("a"));
        Files.writeString(temp.resolve("a/log-start-offset-checkpoint"), "0\n1\norders 0 7\n");

        LogManager refused = create("a");
        assertThatThrownBy(() -> refused.claim(1, "cluster-b")).isInstanceOf(KafkaException.class);
        stop(refused);

        assertThat(temp.resolve("a/log-start-offset-checkpoint")).content().contains("orders 0 7");
        assertThat(temp.resolve("a/.kafka_cleanshutdown")).exists();
    }

    @Test
    void aDirectoryInUseIsRefused() {
        start("a");

        assertThatThrownBy(() -> create("a"))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining(path("a"))
                .hasMessageContaining("in use");
    }

    @Test
    void metaPropertiesAreThoseOfKafka() {
        start("a");

        assertThat(temp.resolve("a/meta.properties"))
                .content()
                .contains("version=0", "broker.id=1", "cluster.id=cluster-a");
    }

    @Test
    void aDirectoryOfAnotherClusterOrBrokerIsRefused() {
        stop(start("a"));

        assertThatThrownBy(() -> create("a").claim(1, "cluster-b"))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("meta.properties")
                .hasMessageContaining("cluster-a")
                .hasMessageContaining("cluster-b");
        managers.forEach(LogManager::close);
        managers.clear();
        assertThatThrownBy(() -> create("a").claim(2, "cluster-a"))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("broker.id=1")
                .hasMessageContaining("this broker is 2");
    }

    @Test
    void theBrokerIdCanBeReadBeforeTheStart() throws IOException {
        File dir = temp.resolve("a").toFile();
        assertThat(LogManager.storedBrokerId(List.of(dir))).isEmpty();
        start("a");
        assertThat(LogManager.storedBrokerId(List.of(dir))).isEqualTo(OptionalInt.of(1));
    }

    @Test
    void metaPropertiesThatCannotBeReadAreNamed() throws IOException {
        Files.createDirectories(temp.resolve("a"));
        Files.writeString(temp.resolve("a/meta.properties"), "version=zero\n");

        assertThatThrownBy(() -> create("a").claim(1, "cluster-a"))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("meta.properties")
                .hasMessageContaining("version");
    }

    @Test
    void aForeignDirectoryAmongTheLogsIsNamed() throws IOException {
        Files.createDirectories(temp.resolve("a/holiday"));

        assertThatThrownBy(() -> start("a")).isInstanceOf(KafkaException.class).hasMessageContaining("holiday");
    }

    @Test
    void newLogsGoWhereTheFewestAre() {
        LogManager manager = start("a", "b");

        PartitionLog first = manager.getOrCreate(ORDERS, Optional.empty(), true);
        PartitionLog second = manager.getOrCreate(BILLS, Optional.empty(), true);

        assertThat(Set.of(first.logDir(), second.logDir())).isEqualTo(Set.of(path("a"), path("b")));
    }

    @Test
    void aTopicsOwnConfigurationCountsAndCanChange() {
        Properties small = new Properties();
        small.setProperty("segment.bytes", "5000");
        topicConfigs.put("orders", small);
        LogManager manager = start("a");
        PartitionLog log = manager.getOrCreate(ORDERS, Optional.empty(), true);
        assertThat(log.config().segmentSize).isEqualTo(5000);

        small.setProperty("segment.bytes", "6000");
        manager.updateConfig("orders", small);

        assertThat(log.config().segmentSize).isEqualTo(6000);
    }

    @Test
    void anImpossibleTopicConfigurationLeavesTheDefaults() {
        Properties broken = new Properties();
        broken.setProperty("segment.bytes", "many");
        topicConfigs.put("orders", broken);

        PartitionLog log = start("a").getOrCreate(ORDERS, Optional.empty(), true);

        assertThat(log.config().segmentSize).isEqualTo(1 << 30);
    }

    @Test
    void brokerKeysBecomeTopicDefaultsInTheirUnits() {
        Map<String, String> properties =
                Map.of("log.dirs", path("a"), "log.retention.hours", "2", "log.segment.bytes", "12345");
        var config = new AbstractConfig(AbstractKafkaConfig.CONFIG_DEF, properties, false);

        var defaults = LogManagerSettings.from(config).defaultLogConfig();

        assertThat(defaults.retentionMs).isEqualTo(7_200_000);
        assertThat(defaults.segmentSize).isEqualTo(12345);
    }

    @Test
    void aDeletedLogIsGoneAtOnceAndItsFilesLater() {
        LogManager manager = start("a");
        append(manager.getOrCreate(ORDERS, Optional.empty(), true), "1");

        manager.deleteAsync(List.of(ORDERS, BILLS));

        assertThat(manager.getLog(ORDERS)).isEmpty();
        assertThat(temp.resolve("a/orders-0")).doesNotExist();
        assertThat(temp.resolve("a").toFile().list()).anyMatch(name -> name.matches("orders-0\\.[0-9a-f]{32}-delete"));
        PartitionLog anew = manager.getOrCreate(ORDERS, Optional.empty(), true);
        assertThat(anew.logEndOffset()).isZero();

        scheduler.advance(60_001);
        assertThat(temp.resolve("a").toFile().list()).noneMatch(name -> name.endsWith("-delete"));
        assertThat(anew.dir()).exists();
    }

    @Test
    void aLogLeftForDeletionIsRemovedAtTheNextStart() {
        LogManager manager = start("a");
        append(manager.getOrCreate(ORDERS, Optional.empty(), true), "1");
        manager.deleteAsync(List.of(ORDERS));
        stop(manager);

        start("a");

        assertThat(temp.resolve("a").toFile().list()).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void aTruncationMovesTheRecoveryPointOnDisk() {
        LogManager manager = start("a");
        PartitionLog log = manager.getOrCreate(ORDERS, Optional.empty(), true);
        append(log, "1", "2", "3");
        log.flush();

        manager.truncateTo(Map.of(ORDERS, 1L, BILLS, 0L));

        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(temp.resolve("a/recovery-point-offset-checkpoint")).hasContent("0\n1\norders 0 1");
        manager.truncateFullyAndStartAt(ORDERS, 40, OptionalLong.empty());
        assertThat(log.logStartOffset()).isEqualTo(40);
    }

    @Test
    void highWatermarksAreKeptBesideTheirLogs() {
        LogManager manager = start("a", "b");
        manager.getOrCreate(ORDERS, Optional.empty(), true);
        manager.getOrCreate(BILLS, Optional.empty(), true);

        manager.writeHighWatermarks(Map.of(ORDERS, 5L, BILLS, 6L, new TopicPartition("unknown", 0), 7L));

        assertThat(manager.readHighWatermarks()).isEqualTo(Map.of(ORDERS, 5L, BILLS, 6L));
    }

    @Test
    void aTransactionalRecordNeedsATransactionThatItsCoordinatorConfirmed() {
        PartitionLog log = start("a").getOrCreate(ORDERS, Optional.empty(), true);
        short epoch = 0;
        SimpleRecord record = LogFixture.record("k", "v");

        assertThatThrownBy(() ->
                        append(log, MemoryRecords.withTransactionalRecords(Compression.NONE, 7, epoch, 0, record)))
                .isInstanceOf(InvalidTxnStateException.class);
        var guard = log.producers().startVerification(7, 0, epoch);
        log.appendAsLeader(
                MemoryRecords.withTransactionalRecords(Compression.NONE, 7, epoch, 0, record),
                LogFixture.EPOCH,
                AppendOrigin.CLIENT,
                guard);

        assertThat(log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void jmxShowsEachLogUnderKafkasNames() throws JMException {
        ObjectName end = new ObjectName("kafka.log:type=Log,name=LogEndOffset,topic=orders,partition=0");
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        LogManager manager = start("a");
        append(manager.getOrCreate(ORDERS, Optional.empty(), true), "1", "2");

        assertThat(server.getAttribute(end, "Value")).isEqualTo(2L);
        manager.deleteAsync(List.of(ORDERS));
        assertThat(server.isRegistered(end)).isFalse();
    }

    @Test
    void retentionRunsByItself() {
        Properties brief = new Properties();
        brief.setProperty("retention.ms", "100");
        topicConfigs.put("orders", brief);
        PartitionLog log = start("a").getOrCreate(ORDERS, Optional.empty(), true);
        append(log, "1");
        log.updateHighWatermark(1);

        scheduler.advance(2000);

        assertThat(log.logStartOffset()).isEqualTo(1);
    }

    @Test
    void aFailedDirectoryTakesItsLogsAlongAndLeavesTheOthers() {
        LogManager manager = start("a", "b");
        PartitionLog first = manager.getOrCreate(ORDERS, Optional.empty(), true);
        PartitionLog second = manager.getOrCreate(BILLS, Optional.empty(), true);

        assertThatThrownBy(() -> first.store().onDisk("testing", () -> {
                    throw new IOException("no space left");
                }))
                .isInstanceOf(KafkaStorageException.class);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(failed).isEqualTo(Map.of(first.logDir(), Set.of(ORDERS))));
        assertThat(manager.getLog(ORDERS)).isEmpty();
        assertThat(manager.liveLogDirs()).containsExactly(second.logDir());
        append(second, "still writable");
        assertThatThrownBy(() -> manager.getOrCreate(new TopicPartition("old", 0), Optional.empty(), false))
                .isInstanceOf(KafkaStorageException.class);
        assertThat(manager.getOrCreate(new TopicPartition("new", 0), Optional.empty(), true)
                        .logDir())
                .isEqualTo(second.logDir());
    }

    @Test
    void aDirectoryThatCannotBeMadeIsLeftOut() throws IOException {
        Files.writeString(temp.resolve("file"), "in the way");

        LogManager manager = start("a", "file/sub");

        assertThat(manager.liveLogDirs()).containsExactly(path("a"));
        assertThatThrownBy(() -> create("file/other"))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("None of the log directories");
    }
}
