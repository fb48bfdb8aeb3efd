package io.regent.cli.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads numbers from the JMX beans of a node's process.
 *
 * <p>One thread. The node needs no flag for it: its JVM is asked to open a local JMX port.
 */
final class NodeBeans implements AutoCloseable {
    private final JMXConnector connector;

    private NodeBeans(JMXConnector connector) {
        this.connector = connector;
    }

    @SuppressWarnings("BanJNDI") // The address is what the JVM of a node that this command started says of itself.
    static NodeBeans of(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new NodeBeans(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (IOException | AttachNotSupportedException e) {
            throw new CommandFailure("cannot read the JMX beans of process " + pid + ": " + e.getMessage(), e);
        }
    }

    static ObjectName name(String name) {
        try {
            return new ObjectName(name);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /** The beans whose names match. */
    Set<ObjectName> matching(ObjectName pattern) {
        return read(beans -> beans.queryNames(pattern, null));
    }

    /** @throws CommandFailure when there is no such bean, or it has no such number */
    Number number(ObjectName bean, String attribute) {
        return read(beans -> (Number) beans.getAttribute(bean, attribute));
    }

    private interface Reading<T> {
        T from(MBeanServerConnection beans) throws IOException, JMException;
    }

    private <T> T read(Reading<T> reading) {
        try {
            return reading.from(connector.getMBeanServerConnection());
        } catch (IOException | JMException e) {
            throw new CommandFailure("cannot read the JMX beans of a node: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            throw new CommandFailure("cannot close the JMX connection: " + e.getMessage(), e);
        }
    }
}
