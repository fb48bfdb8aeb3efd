package io.regent.controller;

/**
 * One controller's time in power, from its election until it resigns or is deposed.
 *
 * @param controllerId the ruling broker's id
 * @param epoch the controller epoch that the election wrote into {@code /controller_epoch}
 * @param epochVersion the {@code dataVersion} of {@code /controller_epoch} that each write of this reign checks
 */
public record Reign(int controllerId, int epoch, int epochVersion) {

    @Override
    public String toString() {
        return "Controller id=" + controllerId + " epoch=" + epoch;
    }
}
