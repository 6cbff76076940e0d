package io.ostraka.catalog;

/**
 * Something that was left out, while everything else is shown.
 *
 * @param key the object or prefix
 * @param message one line: what, which, why, what to do
 */
public record Problem(String key, String message) {}
