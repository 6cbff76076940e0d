package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.Attempts.BrokenAnswer;
import io.ostraka.storage.bucket.Attempts.Failed;
import io.ostraka.storage.bucket.RequestCounter.Kind;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of one object on their way to a sink. What broke off goes on where it stopped, and with
 * the same version of the object. Not safe for threads.
 */
final class Download {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** An answer that broke off after so many bytes helps, and does not count as an attempt. */
  private static final int PROGRESS_BYTES = 256 * 1024;

  /** Bytes spoilt on their way come whole the next time, those spoilt in the store never do. */
  private static final int SPOILT_ATTEMPTS = 3;

  private static final int REPLACED_ATTEMPTS = 10;

  private final S3Client client;
  private final BucketRoot root;
  private final BucketErrors errors;
  private final Attempts attempts;
  private final String doing;
  private final String key;
  private final Sink sink;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private @Nullable String etag;
  private @Nullable String crc;
  private long size = -1;

  /** Takes bytes. */
  interface Sink {
    /** Forgets what it took: it comes again from the object's begin. */
    void restart();

    /**
     * Takes bytes; of one range they come in order, each once.
     *
     * @param offset the place of the first one in the object
     */
    void write(long offset, byte[] bytes, int length) throws IOException;
  }

  Download(
      S3Client client,
      BucketRoot root,
      BucketErrors errors,
      Attempts attempts,
      String doing,
      String key,
      Sink sink) {
    this.client = client;
    this.root = root;
    this.errors = errors;
    this.attempts = attempts;
    this.doing = doing;
    this.key = key;
    this.sink = sink;
  }

  /** Goes on with an object of which a version is known. */
  Download of(String known, long sizeBytes) {
    etag = known;
    size = sizeBytes;
    return this;
  }

  /** The tag of the object's version; something must have been fetched or told before. */
  String etag() {
    if (etag == null) {
      throw new IllegalStateException("Nothing was fetched of " + root.shown(key));
    }
    return etag;
  }

  /** The length of the object, likewise. */
  long sizeBytes() {
    etag();
    return size;
  }

  /** Fetches the whole object and checks it against the sum that was kept with it. */
  void whole() throws IOException {
    int spoilt = 0;
    int replaced = 0;
    while (spoilt < SPOILT_ATTEMPTS && replaced < REPLACED_ATTEMPTS) {
      sink.restart();
      etag = null;
      CRC32C sum = new CRC32C();
      try {
        fetch(new Progress(0, -1, sum));
      } catch (Failed e) {
        if (e.outcome() != Outcome.CONDITION_FAILED) {
          throw absentOr(e);
        }
        replaced++;
        continue; // A card that was replaced while the second half of it was fetched.
      }
      if (crc == null || crc.equals(Content.hex(sum))) {
        return; // Objects that others put have no sum.
      }
      spoilt++;
    }
    throw errors.refuse(
        doing,
        key,
        spoilt > 0
            ? "its bytes are not those that were put; put back the original or remove it"
            : "it is replaced all the time; it is safe to try again");
  }

  /** Fetches a range; an object that was replaced since its version was told counts as gone. */
  void range(long offset, long length) throws IOException {
    try {
      fetch(new Progress(offset, length, new CRC32C()));
    } catch (Failed e) {
      throw e.outcome() == Outcome.CONDITION_FAILED ? errors.noSuch(key) : absentOr(e);
    }
  }

  private void fetch(Progress progress) throws Failed, IOException {
    do {
      attempts.make(Kind.GET, doing, key, errors, progress::attempt);
    } while (!progress.isDone());
  }

  private IOException absentOr(Failed failed) {
    return failed.outcome() == Outcome.ABSENT ? errors.noSuch(key) : failed.explained();
  }

  /** How far a range has come. */
  private final class Progress {
    private final long offset;
    private final CRC32C sum;
    private long length;
    private long done;

    /** A range that has not begun; a length of -1 is up to the object's end. */
    Progress(long offset, long length, CRC32C sum) {
      this.offset = offset;
      this.length = length;
      this.sum = sum;
    }

    boolean isDone() {
      return done == length;
    }

    Void attempt() throws BrokenAnswer, IOException {
      GetObjectRequest.Builder request =
          GetObjectRequest.builder().bucket(root.bucket()).key(root.inBucket(key));
      boolean partial = offset + done > 0 || length >= 0;
      if (partial) {
        String end = length < 0 ? "" : Long.toString(offset + length - 1);
        request.range("bytes=" + (offset + done) + "-" + end);
      }
      if (etag != null) {
        request.ifMatch(etag);
      }
      ResponseInputStream<GetObjectResponse> answer = client.getObject(request.build());
      try {
        begin(answer.response(), partial);
        copy(answer);
      } finally {
        if (isDone()) {
          close(answer);
        } else {
          answer.abort();
        }
      }
      return null;
    }

    private void begin(GetObjectResponse answer, boolean partial) throws BrokenAnswer {
      if (answer.eTag() == null || answer.contentLength() == null) {
        throw new BrokenAnswer(errors.noS3());
      }
      if (partial && answer.contentRange() == null) {
        throw new BrokenAnswer(
            "it was asked for a part and the whole came; look what stands between");
      }
      if (etag == null) {
        etag = answer.eTag();
        size = partial ? total(answer.contentRange()) : answer.contentLength();
      }
      crc = answer.metadata().get(BucketObjects.CRC);
      if (length < 0) {
        length = size - offset;
      }
    }

    private void copy(ResponseInputStream<GetObjectResponse> answer)
        throws BrokenAnswer, IOException {
      long before = done;
      while (done < length) {
        int read;
        String why = "";
        try {
          read = answer.read(buffer, 0, (int) Math.min(buffer.length, length - done));
        } catch (IOException | RuntimeException e) {
          read = -1;
          why = " (" + e.getMessage() + ")";
        }
        if (read < 0) {
          if (done - before >= PROGRESS_BYTES) {
            return;
          }
          throw new BrokenAnswer(
              "the answer broke off after %d of %d bytes%s; look at the network and what stands between, it is safe to try again"
                  .formatted(done, length, why));
        }
        attempts.received(read);
        sink.write(offset + done, buffer, read);
        sum.update(buffer, 0, read);
        done += read;
      }
    }

    private static void close(ResponseInputStream<GetObjectResponse> answer) {
      try {
        answer.close();
      } catch (IOException e) {
        answer.abort(); // All bytes are there; the connection is not used again.
      }
    }

    private static long total(String contentRange) throws BrokenAnswer {
      try {
        return Long.parseLong(contentRange.substring(contentRange.indexOf('/') + 1));
      } catch (NumberFormatException e) {
        throw new BrokenAnswer("its length is not said (" + contentRange + ")");
      }
    }
  }
}
