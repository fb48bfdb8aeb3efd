/** ZooKeeper behind the loop's port: the session, the election, the loading, the commits, and the broker's own znodes. */
package io.regent.controller.zk;
