package io.ostraka.query;

import io.ostraka.query.filter.NearNames;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What is said about a name that nothing has: which, and which ones come near. */
final class Unknown {
  private Unknown() {}

  static UnknownNameException project(String name, Collection<String> existing) {
    return new UnknownNameException(line("No project \"" + name + "\"", List.of(name), existing));
  }

  static UnknownNameException run(String project, String run, Collection<String> existing) {
    String what = "No run \"" + run + "\" in project \"" + project + "\"";
    return new UnknownNameException(line(what, List.of(run), existing));
  }

  static UnknownNameException metric(List<String> metrics, Collection<String> existing) {
    String names = metrics.stream().map(Unknown::quoted).collect(Collectors.joining(", "));
    return new UnknownNameException(
        line("No metric " + names + " in these runs", metrics, existing));
  }

  static UnknownNameException writer(String writer, Collection<String> existing) {
    return new UnknownNameException(
        line("No writer \"" + writer + "\" in this run", List.of(writer), existing));
  }

  private static String line(String what, List<String> asked, Collection<String> existing) {
    if (existing.isEmpty()) {
      return what + "; there are none yet";
    }
    List<String> near = NearNames.of(asked, existing).stream().map(Unknown::quoted).toList();
    return what + "; the nearest names are " + String.join(", ", near);
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
