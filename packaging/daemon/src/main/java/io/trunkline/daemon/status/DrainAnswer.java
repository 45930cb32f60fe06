package io.trunkline.daemon.status;

/**
 * The answer to a request to drain or to undrain.
 *
 * @param changed whether it changed anything
 * @param drain what holds now
 */
public record DrainAnswer(boolean changed, DrainReport drain) {}
