/** Netty behind the loop's port to the brokers: one connection and one outbox for each. */
package io.regent.controller.link;
