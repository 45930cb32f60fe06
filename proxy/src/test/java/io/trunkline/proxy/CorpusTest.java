package io.trunkline.proxy;

import io.trunkline.testing.CorpusRun;

class CorpusTest implements CorpusRun {}
