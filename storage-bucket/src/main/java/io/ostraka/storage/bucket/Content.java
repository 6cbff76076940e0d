package io.ostraka.storage.bucket;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The bytes of a request, which may be read as often as it is made and are never all in memory.
 *
 * @param length how many
 * @param md5 their MD5 in base 64, which every S3 server checks against what arrived
 * @param crc their CRC-32C in hexadecimal, kept with the object and checked by whoever reads it
 * @param body for the SDK
 */
record Content(long length, String md5, String crc, RequestBody body) {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final String TYPE = "application/octet-stream";

  static Content of(byte[] given) {
    byte[] bytes = given.clone();
    return make(bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** A part of a file, which must not change any more. */
  static Content of(Path file, long offset, long length) throws IOException {
    try {
      return make(length, () -> open(file, offset, length));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The CRC-32C of a whole file in hexadecimal. */
  static String crc(Path file, long length) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = open(file, 0, length)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return hex(crc);
  }

  static String hex(CRC32C crc) {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static Content make(long length, Opener opener) {
    MessageDigest md5 = newMd5();
    CRC32C crc = new CRC32C();
    long read = 0;
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, length))];
    try (InputStream in = opener.open()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        md5.update(buffer, 0, n);
        crc.update(buffer, 0, n);
        read += n;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (read != length) {
      throw new UncheckedIOException(
          new IOException("The file to be put has " + read + " bytes in place of " + length));
    }
    return new Content(
        length,
        Base64.getEncoder().encodeToString(md5.digest()),
        hex(crc),
        RequestBody.fromContentProvider(opener::open, length, TYPE));
  }

  private static MessageDigest newMd5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has MD5", e);
    }
  }

  private static InputStream open(Path file, long offset, long length) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      channel.position(offset);
      return new Bounded(Channels.newInputStream(channel), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Opener {
    InputStream open();
  }

  /** The first bytes of a stream. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(Math.min(bytes, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(super.available(), left);
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
