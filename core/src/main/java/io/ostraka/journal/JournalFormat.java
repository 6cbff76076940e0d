package io.ostraka.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The constants of {@code docs/journal.md}, one place for reader and writer. */
final class JournalFormat {
  static final int VERSION = 1;
  static final int SEGMENT_BYTES = 64 << 20;
  static final int RECORDS_START = 16;
  static final int RECORD_HEAD_BYTES = 8;
  static final int LENGTH_TAG = 0xA5000000;
  static final int LENGTH_MASK = 0x00FFFFFF;
  static final int VALUES_HEAD_BYTES = 24;
  static final int KEY_SET_LIMIT = 4096;

  /** Larger values and JSON go to files of their own. */
  static final int INLINE_LIMIT_BYTES = 65_536;

  /** The largest config or summary that a header holds. */
  static final int HEADER_CARD_LIMIT_BYTES = 262_144;

  static final byte HEADER = 1;
  static final byte KEY_SET = 2;
  static final byte VALUES = 3;
  static final byte ROW = 4;
  static final byte CARD = 5;
  static final byte CLOSE = 6;
  static final byte NEXT = 7;

  static final byte NO_STEP = 1;
  static final byte IN_BODY = 2;

  static final int BODY_REFERENCE = -1;
  static final int BODY_REFERENCE_BYTES = 16;

  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte[] MAGIC = "OSTRAKA JOURNAL\u0001".getBytes(StandardCharsets.US_ASCII);

  private JournalFormat() {}

  static byte[] magic() {
    return MAGIC.clone();
  }

  static boolean isMagic(byte[] bytes, int length) {
    return length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** The bytes that a record with a body of this length takes, a multiple of 8. */
  static int recordBytes(int bodyBytes) {
    return (RECORD_HEAD_BYTES + bodyBytes + 7) & ~7;
  }
}
