package io.ostraka.client;

import java.util.List;
import java.util.random.RandomGenerator;

/** Names for runs that nobody named: two words that can be said aloud. */
final class RunNames {
  private static final List<String> FIRST =
      List.of(
          "amber", "brisk", "calm", "deft", "early", "faint", "gentle", "hazel", "ivory", "jolly",
          "keen", "late", "mellow", "noble", "olive", "plain", "quiet", "rapid", "stout", "tidy",
          "umber", "vivid", "warm", "young", "zesty");
  private static final List<String> SECOND =
      List.of(
          "amphora", "basin", "chalice", "dish", "ember", "flask", "glaze", "handle", "inkwell",
          "jug", "kiln", "lamp", "mortar", "niche", "oven", "pitcher", "quern", "rim", "shard",
          "tile", "urn", "vase", "wheel", "yoke", "zither");

  private RunNames() {}

  static String random(RandomGenerator random) {
    return FIRST.get(random.nextInt(FIRST.size()))
        + "-"
        + SECOND.get(random.nextInt(SECOND.size()));
  }
}
