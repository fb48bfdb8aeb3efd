package io.regent.controller.zk;

class RealCoordinationStoreTest extends CoordinationStoreContract {
    @Override
    ZkWorld open() {
        return new RealZkWorld();
    }
}
