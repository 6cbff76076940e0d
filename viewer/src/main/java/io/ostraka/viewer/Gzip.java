package io.ostraka.viewer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses the bodies of answers (RFC 1952): fast, since most go to the same machine.
 *
 * <p>A body is cut into pieces that are compressed by themselves, on all cores, and put one behind
 * the other as blocks of one stream. What that loses is little: numbers hardly repeat, and texts
 * repeat within a piece. A piece fits the window of zlib, which otherwise spends most of its time
 * on moving it.
 */
final class Gzip {
  private static final int PIECE_BYTES = 32 * 1024;
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};
  private static final int TRAILER_BYTES = 8;
  private static final int SLACK_BYTES = 256;

  private Gzip() {}

  static byte[] compress(byte[] body) {
    int pieces = Math.max(1, (body.length + PIECE_BYTES - 1) / PIECE_BYTES);
    IntStream numbers = IntStream.range(0, pieces);
    List<byte[]> compressed =
        (pieces > 1 ? numbers.parallel() : numbers)
            .mapToObj(piece -> piece(body, piece * PIECE_BYTES, piece == pieces - 1))
            .toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2 + SLACK_BYTES);
    out.writeBytes(HEADER);
    compressed.forEach(out::writeBytes);
    CRC32 crc = new CRC32();
    crc.update(body);
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.writeBytes(trailer.putInt((int) crc.getValue()).putInt(body.length).array());
    return out.toByteArray();
  }

  /* All but the last end at a byte without ending the stream. */
  private static byte[] piece(byte[] body, int from, boolean isLast) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      int length = Math.min(PIECE_BYTES, body.length - from);
      deflater.setInput(body, from, length);
      if (isLast) {
        deflater.finish();
      }
      byte[] out = new byte[length + SLACK_BYTES];
      int size = 0;
      int some;
      do {
        some = deflater.deflate(out, size, out.length - size, Deflater.SYNC_FLUSH);
        size += some;
        if (size == out.length) {
          out = Arrays.copyOf(out, 2 * size);
        }
      } while (some > 0 && !deflater.finished());
      return Arrays.copyOf(out, size);
    } finally {
      deflater.end();
    }
  }
}
