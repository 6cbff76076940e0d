package io.ostraka.doctor;

import io.ostraka.store.LocalCopy;
import io.ostraka.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Examines blobs that are files of their own. Safe for threads. */
final class BlobExam {
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.[a-z0-9]{1,16}");
  private static final int BUFFER_BYTES = 1 << 16;

  private final Tools tools;
  private final ConcurrentLinkedQueue<Finding> findings = new ConcurrentLinkedQueue<>();

  BlobExam(Tools tools) {
    this.tools = tools;
  }

  List<Finding> findings() {
    return new ArrayList<>(findings);
  }

  /**
   * Compares a file's content with its name.
   *
   * @throws VanishedException if it is gone
   */
  void examine(StoredObject object) throws IOException {
    Matcher name = NAME.matcher(object.key().substring(object.key().lastIndexOf('/') + 1));
    if (!name.matches()) {
      findings.add(new Finding(Check.FOREIGN_FILE, object.key(), "it is named as no blob is"));
      return;
    }
    try (LocalCopy copy = tools.store().open(object.key())) {
      String found = sha256(copy);
      if (!found.equals(name.group(1))) {
        findings.add(new Finding(Check.BLOB_DAMAGED, object.key(), "its SHA-256 is " + found));
      }
    } catch (NoSuchFileException e) {
      throw new VanishedException(object.key(), e);
    } catch (IOException e) {
      findings.add(new Finding(Check.UNREADABLE, object.key(), String.valueOf(e.getMessage())));
    } finally {
      tools.read(object);
    }
  }

  private static String sha256(LocalCopy copy) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream content = Files.newInputStream(copy.path())) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
