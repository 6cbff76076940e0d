package io.ostraka.store;

import java.io.IOException;
import java.util.Optional;

/** What an edit makes of a card. */
@FunctionalInterface
public interface CardChange {
  /**
   * The card's new bytes. Quick, and without any effect but its result: a store may ask several
   * times, each time with what the card has become meanwhile, and others wait for the answer.
   *
   * @param now the card's bytes, empty if there is no card
   * @return the new bytes; the same bytes if the card stays as it is, empty if there is none and
   *     none is to be made
   * @throws IOException if the card cannot be edited; the edit ends with it and changes nothing
   */
  Optional<byte[]> apply(Optional<byte[]> now) throws IOException;
}
