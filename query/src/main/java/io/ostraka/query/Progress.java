package io.ostraka.query;

import io.ostraka.catalog.Watermark;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * How far an answer has come, for the caller to name in the next request.
 *
 * <p>What is new is above the watermark. If what is below it is no longer what it was (a gap in the
 * rows was filled, a shard is left out, a resume hides points), the shape differs and the caller is
 * told everything anew; so bins held and what is added to them are exact at all times.
 *
 * @param watermark up to where rows were taken in
 * @param shape which rows below it were, and on which lines, as a number
 */
public record Progress(Watermark watermark, long shape) {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{16}");
  private static final int SHAPE_LENGTH = 16;

  /**
   * Reads what {@link #format} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Progress parse(String text) {
    int end = text.indexOf('~');
    String shape = end < 0 ? text : text.substring(0, end);
    if (!SHAPE.matcher(shape).matches()) {
      String shown = text.length() <= 40 ? text : text.substring(0, 40) + "...";
      throw new IllegalArgumentException(
          "Not a watermark: \"" + shown + "\"; give the one of an earlier answer, or none");
    }
    Watermark watermark = Watermark.parse(end < 0 ? "" : text.substring(SHAPE_LENGTH + 1));
    return new Progress(watermark, HexFormat.fromHexDigitsToLong(shape));
  }

  /** As text, which has only characters that a URL takes as they are. */
  public String format() {
    String rows = watermark.format();
    return HexFormat.of().toHexDigits(shape) + (rows.isEmpty() ? "" : "~" + rows);
  }
}
