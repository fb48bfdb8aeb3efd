/** The reign: the one loop that takes the core's decisions, and the ports to ZooKeeper and the brokers. */
package io.regent.controller.loop;
