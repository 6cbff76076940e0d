package io.ostraka.sim;

import java.util.Random;

/**
 * How often things go wrong in one simulation. Each kind is left out of half of the seeds, since a
 * world in which everything fails hides what a single fault does.
 *
 * @param store how often a call of the store fails, a third of them each before its bytes land,
 *     after, and with the bytes landing some time later
 * @param stop how often a process stops in a look or a call
 * @param disk how often an operation on the spool's disk fails
 * @param aside how often something else happens in the midst of a call
 * @param disaster how often a step is a disaster: a power loss, a lost record, a copied spool
 */
record SimFaults(double store, double stop, double disk, double aside, double disaster) {
  private static final SimFaults NONE = new SimFaults(0, 0, 0, 0, 0);

  static SimFaults of(Random random) {
    return new SimFaults(
        some(random, 0.2),
        some(random, 0.2),
        some(random, 0.1),
        some(random, 0.3),
        some(random, 0.1));
  }

  static SimFaults none() {
    return NONE;
  }

  private static double some(Random random, double most) {
    return random.nextBoolean() ? most * random.nextDouble() : 0;
  }
}
