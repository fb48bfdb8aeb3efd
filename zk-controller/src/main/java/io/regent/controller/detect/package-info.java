/** Notices dead processes by their sockets, in milliseconds instead of a session timeout. Decides nothing. */
package io.regent.controller.detect;
