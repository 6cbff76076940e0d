package io.ostraka.shard;

import java.io.IOException;
import java.nio.file.Path;

/** A program that reads a footer and says whether it could have used Hadoop. */
final class ReadsOneFooter {
  private ReadsOneFooter() {}

  public static void main(String[] arguments) throws IOException {
    ShardFooter footer = ShardFooter.read(Path.of(arguments[0]));
    System.out.println(
        (hasHadoop() ? "with" : "no") + " Hadoop, rows " + footer.first() + " to " + footer.last());
  }

  private static boolean hasHadoop() {
    return ReadsOneFooter.class.getResource("/org/apache/hadoop/conf/Configuration.class") != null;
  }
}
