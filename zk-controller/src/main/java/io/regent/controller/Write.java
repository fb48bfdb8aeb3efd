package io.regent.controller;

/**
 * One change of ZooKeeper. A commit's writes become one multi that opens with the check of the controller epoch.
 *
 * <p>Holders share {@code data} and do not change it.
 */
// The bytes go to ZooKeeper's client as they are; wrapping each of 200,000 states would serve nobody.
@SuppressWarnings("ArrayRecordComponent")
public sealed interface Write {

    /** The znode that is written. */
    String path();

    /** How many bytes of a request this takes, about. */
    default int sizeBytes() {
        return OVERHEAD_BYTES + path().length();
    }

    /** What an operation takes in a multi besides its path and data: header, lengths, ACL, version. */
    int OVERHEAD_BYTES = 64;

    /** Creates a persistent znode that is not there. */
    record Create(String path, byte[] data) implements Write {
        @Override
        public int sizeBytes() {
            return OVERHEAD_BYTES + path.length() + data.length;
        }
    }

    /** Overwrites a znode whose {@code dataVersion} is known. */
    record Set(String path, byte[] data, int expectedVersion) implements Write {
        @Override
        public int sizeBytes() {
            return OVERHEAD_BYTES + path.length() + data.length;
        }
    }

    /** Creates a persistent znode with this data, or overwrites what is there. The store finds out which. */
    record Put(String path, byte[] data) implements Write {
        @Override
        public int sizeBytes() {
            return OVERHEAD_BYTES + path.length() + data.length;
        }
    }

    /** An empty persistent znode that may be there already; the store drops this from the multi when it is. */
    record Ensure(String path) implements Write {}

    /** Deletes a znode whose {@code dataVersion} is known. */
    record Delete(String path, int expectedVersion) implements Write {}

    /**
     * Deletes a znode if it is still what was read; the store finds out. What came in its place was not acted on, and is
     * told when it is observed.
     */
    record Consume(ReadZnode znode) implements Write {
        @Override
        public String path() {
            return znode.path();
        }
    }

    /** Deletes a znode and whatever is below it, children first; the store expands it. Nothing there is fine. */
    record DeleteTree(String path) implements Write {}
}
