package io.ostraka.shard;

/**
 * What stands before a page, read from Thrift's compact form. Of a damaged one nothing is asked for
 * that is larger than the file: Parquet's own reader would make room for what a count says.
 *
 * @param type 0 for a page of values, 2 for a dictionary
 * @param plainBytes how long the page is once decompressed
 * @param storedBytes how long it is in the file
 * @param crc the CRC-32 of its stored bytes, if {@code hasCrc}
 * @param hasCrc whether there is one
 * @param values how many values it has
 * @param encoding their encoding, by Parquet's number
 * @param bytes how long the header itself is
 */
record PageHeader(
    int type,
    int plainBytes,
    int storedBytes,
    int crc,
    boolean hasCrc,
    int values,
    int encoding,
    int bytes) {
  static final int DATA = 0;
  static final int DICTIONARY = 2;

  /** Reads a header at a place of {@code bytes}, which end at {@code end}. */
  static PageHeader read(byte[] bytes, int offset, int end) {
    return new Compact(bytes, offset, end).header();
  }

  /** Thrift's compact protocol, as much of it as a page header may use. */
  private static final class Compact {
    private static final int STOP = 0;
    private static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int I64 = 6;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int STRUCT = 12;
    private static final int DEEPEST = 8;

    private static final int DATA_PAGE_HEADER = 5;
    private static final int DICTIONARY_PAGE_HEADER = 7;

    private final byte[] bytes;
    private final int offset;
    private final int end;
    private int at;

    private int type = -1;
    private int plainBytes = -1;
    private int storedBytes = -1;
    private int crc;
    private boolean hasCrc;
    private int values = -1;
    private int encoding = -1;

    Compact(byte[] bytes, int offset, int end) {
      this.bytes = bytes;
      this.offset = offset;
      this.end = end;
      this.at = offset;
    }

    PageHeader header() {
      int field = 0;
      for (int head = next(); head != STOP; head = next()) {
        field = field(field, head);
        switch (field) {
          case 1 -> type = number(head);
          case 2 -> plainBytes = number(head);
          case 3 -> storedBytes = number(head);
          case 4 -> {
            crc = number(head);
            hasCrc = true;
          }
          case DATA_PAGE_HEADER, DICTIONARY_PAGE_HEADER -> pageOfValues(head);
          default -> skip(head & 15, 0);
        }
      }
      if (type < 0 || plainBytes < 0 || storedBytes < 0) {
        throw new DamagedPageException("the header of a page is incomplete");
      }
      return new PageHeader(
          type, plainBytes, storedBytes, crc, hasCrc, values, encoding, at - offset);
    }

    private void pageOfValues(int structHead) {
      if ((structHead & 15) != STRUCT) {
        throw damaged();
      }
      int field = 0;
      for (int head = next(); head != STOP; head = next()) {
        field = field(field, head);
        switch (field) {
          case 1 -> values = number(head);
          case 2 -> encoding = number(head);
          default -> skip(head & 15, 0);
        }
      }
    }

    private int field(int before, int head) {
      int delta = head >>> 4;
      return delta != 0 ? before + delta : (int) zigzag();
    }

    private int number(int head) {
      int kind = head & 15;
      if (kind <= BYTE || kind > I64) {
        throw damaged();
      }
      return (int) zigzag();
    }

    private void skip(int kind, int depth) {
      if (depth > DEEPEST) {
        throw damaged();
      }
      if (kind == TRUE || kind == FALSE) {
        return;
      }
      if (kind == BYTE) {
        at++;
      } else if (kind > BYTE && kind <= I64) {
        varint();
      } else if (kind == DOUBLE) {
        at += 8;
      } else if (kind == BINARY) {
        at = Math.toIntExact(Math.min(end + 1L, at + varint()));
      } else if (kind == STRUCT) {
        for (int head = next(); head != STOP; head = next()) {
          if (head >>> 4 == 0) {
            zigzag();
          }
          skip(head & 15, depth + 1);
        }
      } else {
        throw damaged(); // no header of a page has lists or maps
      }
    }

    private int next() {
      if (at < offset || at >= end) {
        throw damaged();
      }
      return bytes[at++] & 0xff;
    }

    private long varint() {
      long result = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int next = next();
        result |= (long) (next & 0x7f) << shift;
        if (next < 0x80) {
          return result;
        }
      }
      throw damaged();
    }

    private long zigzag() {
      long coded = varint();
      return (coded >>> 1) ^ -(coded & 1);
    }

    private static DamagedPageException damaged() {
      return new DamagedPageException("the header of a page is damaged");
    }
  }
}
