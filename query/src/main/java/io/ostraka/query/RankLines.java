package io.ostraka.query;

import io.ostraka.WriterId;
import io.ostraka.catalog.Lineage;
import io.ostraka.catalog.RunSnapshot;
import io.ostraka.catalog.WriterSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a run when each rank is drawn by itself: a rank that was resumed or forked is one
 * line, as the whole run is when its ranks are drawn together.
 *
 * <p>A line is led by a writer that no other of its rank continues. Those of its rank that it
 * continues are on its line, and so is that rank's main line of the run that this one was forked
 * from. A rank that the run does not have any more, or never had, is a line that ends where its
 * points are hidden. A writer of a forked process is always a line of its own.
 */
final class RankLines {
  private final Map<Integer, List<Line>> ofRank = new TreeMap<>();

  private RankLines() {}

  /**
   * One rank of a run.
   *
   * @param lead whose name the line has
   * @param isMain whether it is the one of its rank that forks go on from
   * @param members all writers on it, each with the place of its run in the lineage
   */
  record Line(WriterId lead, boolean isMain, List<Member> members) {}

  /**
   * A writer on a line.
   *
   * @param generation 0 for the run's own, 1 for its parent's, and so on
   * @param continuedBy how many writers of its run continue it
   * @param belowStep its points of this step and greater ones are hidden, in streams where every
   *     row has a step
   */
  record Member(int generation, WriterSnapshot writer, int continuedBy, long belowStep) {
    WriterId id() {
      return writer.key().writer();
    }

    private boolean continues(WriterId older) {
      return writer.card().supersedes().contains(older);
    }
  }

  /** The order in which writers have the last word: of one rank the one that continues others. */
  static final Comparator<Member> PRECEDENCE =
      Comparator.comparing((Member member) -> member.id().rank())
          .thenComparing(Member::generation)
          .thenComparing(Member::continuedBy)
          .thenComparing(Member::id);

  /** The lines of a run and its ancestors, by rank. */
  static List<Line> of(List<Lineage.Ancestor> lineage) {
    RankLines all = new RankLines();
    for (int generation = 0; generation < lineage.size(); generation++) {
      for (Line line : linesOf(generation, lineage.get(generation)).lines()) {
        all.join(line);
      }
    }
    return all.lines();
  }

  private List<Line> lines() {
    return ofRank.values().stream().flatMap(List::stream).toList();
  }

  private void join(Line line) {
    Line main = line.isMain() ? main(line.lead().rank()) : null;
    if (main == null) {
      linesOf(line.lead().rank()).add(line);
    } else {
      main.members().addAll(line.members());
    }
  }

  private List<Line> linesOf(int rank) {
    return ofRank.computeIfAbsent(rank, r -> new ArrayList<>());
  }

  private @Nullable Line main(int rank) {
    return linesOf(rank).stream().filter(Line::isMain).findFirst().orElse(null);
  }

  private static RankLines linesOf(int generation, Lineage.Ancestor ancestor) {
    Map<WriterId, RunSnapshot.Continued> continued = ancestor.run().continued();
    List<Member> members = new ArrayList<>();
    for (WriterSnapshot writer : ancestor.run().writers()) {
      RunSnapshot.Continued by = continued.get(writer.key().writer());
      long below = Math.min(ancestor.belowStep(), by == null ? Long.MAX_VALUE : by.fromStep());
      members.add(new Member(generation, writer, by == null ? 0 : by.by(), below));
    }
    members.sort(PRECEDENCE);
    RankLines lines = new RankLines();
    members.forEach(lines::take);
    return lines;
  }

  /* Members come newest first, so what continues one has its line before it. */
  private void take(Member member) {
    List<Line> ofItsRank = linesOf(member.id().rank());
    boolean isChild = member.writer().card().parentWriter().isPresent();
    for (Line line : isChild ? List.<Line>of() : ofItsRank) {
      if (line.members().stream().anyMatch(one -> one.continues(member.id()))) {
        line.members().add(member);
        return;
      }
    }
    boolean isMain = !isChild && ofItsRank.stream().noneMatch(Line::isMain);
    ofItsRank.add(new Line(member.id(), isMain, new ArrayList<>(List.of(member))));
  }
}
