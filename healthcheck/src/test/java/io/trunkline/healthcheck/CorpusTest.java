package io.trunkline.healthcheck;

import io.trunkline.testing.CorpusRun;

class CorpusTest implements CorpusRun {}
