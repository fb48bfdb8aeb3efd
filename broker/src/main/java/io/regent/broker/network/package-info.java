/**
 * The wire: Netty below, kafka-clients' requests above.
 *
 * <p>Bytes become frames ({@code FrameAssembler}), frames requests ({@code RequestDecoder}), which a {@code Connection}
 * hands on in order through the {@code RequestDispatcher}; answers go back in the same order through the
 * {@code ResponseWriter}. Nothing here knows what a request means.
 */
package io.regent.broker.network;
