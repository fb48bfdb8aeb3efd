package io.regent.controller.detect;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.regent.metadata.Endpoint;

/**
 * Asks one life of one peer whether its process runs, on the connection that is watched and, in doubt, on a second one.
 * Nothing is asked while a question is on its way.
 *
 * <p>Confined to its event loop.
 */
final class Heartbeat {

    /** Who is told what the heartbeats show. */
    interface Listener {
        /** The process accepts connections and answers none. */
        void hangs(String evidence);

        /** It was found to hang, and answers again. */
        void revived();
    }

    private final EventLoop loop;
    private final Endpoint endpoint;
    private final long timeoutMs;
    private final Listener listener;

    private Pulse pulse = Pulse.NONE;
    private Channel watched;
    private Channel second;

    Heartbeat(EventLoop loop, Endpoint endpoint, long timeoutMs, Listener listener) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.timeoutMs = timeoutMs;
        this.listener = listener;
    }

    /** The connection that is watched stands. */
    void connected(Channel made) {
        watched = made;
        HeartbeatFrame.hear(made.pipeline(), () -> answered(made));
        if (pulse.isHung()) {
            ask(made);
        } else {
            pulse = Pulse.answered(SocketPeerWatch.nowMs());
        }
        made.closeFuture().addListener(gone -> {
            if (watched == made) {
                lost();
            }
        });
    }

    private void lost() {
        watched = null;
        closeSecond();
        if (!pulse.isHung()) {
            pulse = Pulse.NONE;
        }
    }

    /** Looks whether something is due. */
    void tick(long nowMs) {
        switch (pulse.due(nowMs, timeoutMs)) {
            case WAIT -> {}
            case ASK -> {
                pulse = pulse.asked(nowMs);
                ask(watched);
            }
            case LOOK_AGAIN -> {
                pulse = pulse.doubted(nowMs);
                lookAgain();
            }
            case GIVE_UP -> anew(nowMs);
            case CONDEMN -> {
                pulse = pulse.hung(nowMs);
                listener.hangs(endpoint.host() + ":" + endpoint.port()
                        + " accepts connections, and two questions on two of them were not answered within " + timeoutMs
                        + " ms");
            }
        }
    }

    /** Whatever is waited for is waited for anew, as after a time in which this process itself stood still. */
    void anew(long nowMs) {
        pulse = pulse.anew(nowMs);
        if (!pulse.isHung()) {
            closeSecond();
        }
    }

    private static void ask(Channel channel) {
        // Should this fail, the connection closes.
        var unused = channel.writeAndFlush(HeartbeatFrame.ask());
    }

    private void lookAgain() {
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeoutMs))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        HeartbeatFrame.hear(made.pipeline(), () -> answered(made));
                    }
                })
                .connect(endpoint.host(), endpoint.port());
        Channel made = connecting.channel();
        second = made;
        connecting.addListener(done -> {
            if (done.isSuccess() && second == made) {
                pulse = pulse.askedTwice(SocketPeerWatch.nowMs());
                ask(made);
            }
        });
        made.closeFuture().addListener(gone -> {
            if (second == made) {
                // Refused, or closed by somebody: not what a process does that hangs.
                second = null;
                pulse = pulse.anew(SocketPeerWatch.nowMs());
            }
        });
    }

    private void answered(Channel by) {
        if (by != watched && by != second) {
            return;
        }
        boolean hung = pulse.isHung();
        boolean watchedIsMute = by == second;
        pulse = Pulse.answered(SocketPeerWatch.nowMs());
        closeSecond();
        if (watchedIsMute && watched != null) {
            // Something between us has forgotten that connection; another one is made at once.
            var unused = watched.close();
        }
        if (hung) {
            listener.revived();
        }
    }

    private void closeSecond() {
        Channel closing = second;
        second = null;
        if (closing != null) {
            var unused = closing.close();
        }
    }

    /** Asks no more. */
    void close() {
        pulse = Pulse.NONE;
        watched = null;
        closeSecond();
    }
}
