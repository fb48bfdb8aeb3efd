package io.regent.controller.zk;

class RealZkSessionTest extends ZkSessionContract {
    @Override
    ZkWorld open() {
        return new RealZkWorld();
    }
}
