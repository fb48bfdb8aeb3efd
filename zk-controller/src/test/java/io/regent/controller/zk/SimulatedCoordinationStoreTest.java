package io.regent.controller.zk;

class SimulatedCoordinationStoreTest extends CoordinationStoreContract {
    @Override
    ZkWorld open() {
        return new SimulatedZkWorld(2);
    }
}
