package io.regent.controller.loop;

/** This node does not rule, or ceased to before what was asked had become durable; the controller must be asked again. */
public final class NotControllerException extends RuntimeException {

    public NotControllerException(String message) {
        super(message, null, false, false);
    }
}
