package io.trunkline.loadtest.clients;

/** One client through one kind of listener in one event. */
record Cell(Program program, Encryption encryption, Event event, Findings findings) {}
