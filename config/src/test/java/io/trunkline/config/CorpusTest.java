package io.trunkline.config;

import io.trunkline.testing.CorpusRun;

class CorpusTest implements CorpusRun {}
