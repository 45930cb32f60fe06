package io.trunkline.importer;

import io.trunkline.testing.CorpusRun;

class CorpusTest implements CorpusRun {}
