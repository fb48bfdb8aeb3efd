package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles what a crash left of deletions, compactions and splits in a log's directory: {@code .deleted} and {@code
 * .cleaned} files go, {@code .swap} files take the place of what they replace. Used once, before the log's segments are
 * opened. It never opens a segment for writing.
 */
final class InterruptedSwaps {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptedSwaps.class);

    private final File dir;
    private final LogConfig config;
    private final Time time;

    InterruptedSwaps(File dir, LogConfig config, Time time) {
        this.dir = dir;
        this.config = config;
        this.time = time;
    }

    void settle() throws IOException {
        List<File> swaps = removeUnfinished();
        if (swaps.isEmpty()) {
            return;
        }
        removeReplaced(swaps);
        // Listed anew: reading a swapped segment may have created the index it lacked.
        for (File swap : files()) {
            if (!swap.getName().endsWith(SegmentFiles.SWAP_SUFFIX)) {
                continue;
            }
            LOG.info("Finishing the interrupted swap of {}", swap);
            File target = new File(Utils.replaceSuffix(swap.getPath(), SegmentFiles.SWAP_SUFFIX, ""));
            Utils.atomicMoveWithFallback(swap.toPath(), target.toPath());
        }
    }

    /** Removes what was not complete. @return the swap files that are */
    private List<File> removeUnfinished() throws IOException {
        List<File> swaps = new ArrayList<>();
        List<File> cleaned = new ArrayList<>();
        long lowestCleaned = Long.MAX_VALUE;
        for (File file : files()) {
            if (!file.canRead()) {
                throw new IOException("Cannot read " + file);
            }
            if (file.getName().endsWith(LogFileUtils.DELETED_FILE_SUFFIX)) {
                Files.deleteIfExists(file.toPath());
            } else if (file.getName().endsWith(SegmentFiles.CLEANED_SUFFIX)) {
                cleaned.add(file);
                lowestCleaned = Math.min(lowestCleaned, LogFileUtils.offsetFromFile(file));
            } else if (file.getName().endsWith(SegmentFiles.SWAP_SUFFIX)) {
                swaps.add(file);
            }
        }
        // The suffixes change from the highest offset down: swap files at or above a cleaned one are of the same,
        // unfinished, change.
        List<File> complete = new ArrayList<>();
        for (File swap : swaps) {
            if (LogFileUtils.offsetFromFile(swap) < lowestCleaned) {
                complete.add(swap);
            } else {
                Files.deleteIfExists(swap.toPath());
            }
        }
        for (File file : cleaned) {
            Files.deleteIfExists(file.toPath());
        }
        return complete;
    }

    /** Removes the segments whose offsets the swapped ones cover. */
    private void removeReplaced(List<File> swaps) throws IOException {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (File swap : swaps) {
            if (swap.getName().endsWith(LogFileUtils.LOG_FILE_SUFFIX + SegmentFiles.SWAP_SUFFIX)) {
                long baseOffset = LogFileUtils.offsetFromFile(swap);
                LogSegment segment =
                        LogSegment.open(dir, baseOffset, config, time, false, 0, false, SegmentFiles.SWAP_SUFFIX);
                try {
                    from = Math.min(from, baseOffset);
                    to = Math.max(to, segment.readNextOffset());
                } finally {
                    segment.close();
                }
            }
        }
        for (File file : files()) {
            Optional<Long> offset = SegmentFiles.baseOffset(file);
            boolean covered = offset.isPresent() && offset.get() >= from && offset.get() < to;
            if (covered && !file.getName().endsWith(SegmentFiles.SWAP_SUFFIX)) {
                LOG.info("Removing {}, which was replaced before the crash", file);
                Files.deleteIfExists(file.toPath());
            }
        }
    }

    private File[] files() throws IOException {
        File[] found = dir.listFiles(File::isFile);
        if (found == null) {
            throw new IOException("Cannot list " + dir);
        }
        return found;
    }
}
