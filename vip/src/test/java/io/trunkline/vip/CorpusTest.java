package io.trunkline.vip;

import io.trunkline.testing.CorpusRun;

class CorpusTest implements CorpusRun {}
