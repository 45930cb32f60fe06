package io.trunkline.daemon;

import io.trunkline.testing.CorpusRun;

class CorpusTest implements CorpusRun {}
