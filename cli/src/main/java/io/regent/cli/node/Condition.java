package io.regent.cli.node;

/** Says what the operating system thinks of a node's process. */
public enum Condition {
    RUNNING,
    /** Stopped by SIGSTOP: it holds its sockets and answers nobody. */
    PAUSED,
    GONE;

    public boolean alive() {
        return this != GONE;
    }
}
