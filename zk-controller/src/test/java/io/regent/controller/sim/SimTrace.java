package io.regent.controller.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import com.yammer.metrics.reporting.JmxReporter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What happened in a simulated world, to be read by a person: what the world did to its nodes, and what these logged, in
 * one order. While it is not asked for it costs nothing, and only an error with an exception is heard of.
 */
final class SimTrace {

    /** What happened long before a violation explains nothing. */
    private static final int MAX_LINES = 2_000;

    private static final ThreadLocal<SimTrace> CURRENT = new ThreadLocal<>();

    private final SimClock clock;
    private final boolean wanted;
    private final Deque<String> lines = new ArrayDeque<>();
    private String error = "";
    private int digest;

    static {
        Logger logger = (Logger) LoggerFactory.getLogger("io.regent.controller");
        Listener listener = new Listener();
        listener.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        listener.start();
        logger.addAppender(listener);
    }

    /** Hears what the thread of a simulation logs. */
    private static final class Listener extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            SimTrace trace = CURRENT.get();
            if (trace != null) {
                trace.logged(event);
            }
        }
    }

    private SimTrace(SimClock clock, boolean wanted) {
        this.clock = clock;
        this.wanted = wanted;
    }

    /** Begins to listen to the calling thread. */
    static SimTrace begin(SimClock clock, boolean wanted) {
        SimTrace trace = new SimTrace(clock, wanted);
        CURRENT.set(trace);
        return trace;
    }

    static void end() {
        CURRENT.remove();
    }

    /** Has the controller's classes log nothing but errors, or all there is to know, and the console spared either way. */
    static AutoCloseable quiet(boolean allIsWanted) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.regent.controller");
        Level before = logger.getLevel();
        boolean additive = logger.isAdditive();
        logger.setLevel(allIsWanted ? Level.INFO : Level.ERROR);
        logger.setAdditive(false);
        // Nodes of several worlds in one process want the same names.
        Logger beans = (Logger) LoggerFactory.getLogger(JmxReporter.class);
        Level beansBefore = beans.getLevel();
        beans.setLevel(Level.OFF);
        return () -> {
            beans.setLevel(beansBefore);
            logger.setLevel(before);
            logger.setAdditive(additive);
        };
    }

    boolean isWanted() {
        return wanted;
    }

    void add(String line) {
        if (wanted) {
            String timed = String.format("%8d  %s", clock.nowMs(), line);
            digest = 31 * digest + timed.hashCode();
            lines.add(timed);
            if (lines.size() > MAX_LINES) {
                lines.poll();
            }
        }
    }

    private void logged(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        if (event.getLevel() == Level.ERROR && thrown != null && error.isEmpty()) {
            error = event.getFormattedMessage() + ": " + thrown.getClassName() + ": " + thrown.getMessage() + " at "
                    + (thrown.getStackTraceElementProxyArray().length > 0
                            ? thrown.getStackTraceElementProxyArray()[0]
                            : "?");
        }
        if (wanted) {
            add("    " + event.getFormattedMessage() + (thrown == null ? "" : " " + thrown.getMessage()));
        }
    }

    /** The first exception that was logged as an error; empty when there was none. */
    String error() {
        return error;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Stands for all lines that there ever were. */
    int digest() {
        return digest;
    }
}
