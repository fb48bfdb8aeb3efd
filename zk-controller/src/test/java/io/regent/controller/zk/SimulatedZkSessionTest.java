package io.regent.controller.zk;

class SimulatedZkSessionTest extends ZkSessionContract {
    @Override
    ZkWorld open() {
        return new SimulatedZkWorld(1);
    }
}
