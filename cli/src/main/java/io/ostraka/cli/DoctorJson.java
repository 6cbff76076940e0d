package io.ostraka.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ostraka.doctor.Examination;
import io.ostraka.doctor.Finding;
import io.ostraka.doctor.Repair;
import io.ostraka.doctor.Severity;
import java.net.URI;
import java.util.List;

/** What {@code ostraka doctor --json} prints; {@code docs/doctor.md} has the fields. */
final class DoctorJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private DoctorJson() {}

  static String of(URI root, Examination examination, List<Repair.Step> steps)
      throws JsonProcessingException {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("root", root.toString())
            .put("runs", examination.runs())
            .put("writers", examination.writers())
            .put("shards", examination.shards())
            .put("rows", examination.rows())
            .put("bytes", examination.bytes());
    for (Severity severity : Severity.values()) {
      answer.put(severity.text() + "s", examination.count(severity));
    }
    ArrayNode findings = answer.putArray("findings");
    for (Finding finding : examination.findings()) {
      findings
          .addObject()
          .put("check", finding.check().code())
          .put("severity", finding.check().severity().text())
          .put("key", finding.key())
          .put("detail", finding.detail())
          .put("meaning", finding.check().meaning())
          .put("advice", finding.check().advice())
          .put("repairable", finding.remedy().isPresent());
    }
    ArrayNode repairs = answer.putArray("repairs");
    for (Repair.Step step : steps) {
      repairs
          .addObject()
          .put("key", step.key())
          .put("step", step.done())
          .put("failed", step.failed());
    }
    return JSON.writeValueAsString(answer) + "\n";
  }
}
