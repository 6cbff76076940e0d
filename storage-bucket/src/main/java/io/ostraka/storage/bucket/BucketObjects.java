package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.Attempts.BrokenAnswer;
import io.ostraka.storage.bucket.Attempts.Failed;
import io.ostraka.storage.bucket.RequestCounter.Kind;
import io.ostraka.store.Keys;
import io.ostraka.store.Listing;
import io.ostraka.store.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects below a root, by requests to the server: what is asked, what an answer must have, and
 * what it says. Safe for threads.
 */
final class BucketObjects {
  /** The CRC-32C of the whole object. */
  static final String CRC = "ostraka-crc";

  /** The id of the put that made the object, by which a put that seemed to fail is known again. */
  static final String PUT_ID = "ostraka-put";

  private final S3Client client;
  private final Optional<PlainPuts> plainPuts;
  private final BucketSettings settings;
  private final BucketRoot root;
  private final BucketErrors errors;
  private final Attempts attempts;

  /** The bytes of an object and the tag of their version. */
  static final class Loaded {
    private final byte[] bytes;
    private final String etag;

    Loaded(byte[] bytes, String etag) {
      this.bytes = bytes;
      this.etag = etag;
    }

    byte[] bytes() {
      return bytes;
    }

    String etag() {
      return etag;
    }
  }

  /** Under which condition a put is carried out: at most one of the two. */
  record Condition(boolean ifAbsent, @Nullable String ifEtag) {
    static final Condition NONE = new Condition(false, null);
    static final Condition IF_ABSENT = new Condition(true, null);
  }

  BucketObjects(
      S3Client client,
      Optional<PlainPuts> plainPuts,
      BucketSettings settings,
      BucketRoot root,
      BucketErrors errors,
      Attempts attempts) {
    this.client = client;
    this.plainPuts = plainPuts;
    this.settings = settings;
    this.root = root;
    this.errors = errors;
    this.attempts = attempts;
  }

  /** Lists a prefix, page by page. Objects whose keys no store has are not ours and left out. */
  Listing list(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    Instant listedAt = null;
    ListObjectsV2Response page = null;
    do {
      page = page(prefix, null, page == null ? null : page.nextContinuationToken());
      if (listedAt == null) {
        listedAt = date(page);
      }
      for (S3Object object : page.contents()) {
        String key = root.inRoot(object.key());
        if (isKey(key)) {
          found.add(new StoredObject(key, object.size(), object.lastModified()));
        }
      }
    } while (hasMore(page));
    found.sort(Comparator.comparing(StoredObject::key));
    return new Listing(found, listedAt);
  }

  /** The names directly below a prefix. */
  List<String> names(String prefix) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    String whole = root.inBucket(prefix);
    ListObjectsV2Response page = null;
    do {
      page = page(prefix, "/", page == null ? null : page.nextContinuationToken());
      for (CommonPrefix folder : page.commonPrefixes()) {
        String key = folder.prefix();
        names.add(key.substring(whole.length(), key.length() - 1));
      }
      for (S3Object object : page.contents()) {
        names.add(object.key().substring(whole.length()));
      }
    } while (hasMore(page));
    names.removeIf(name -> !isKey(name));
    return List.copyOf(names);
  }

  /**
   * Removes what servers that keep folders leave of them, and the empty objects by which tools mark
   * them, of a prefix below which there is no object. Most servers have nothing of the kind.
   */
  void removeMarkers(String prefix) throws IOException {
    if (list(prefix).objects().isEmpty()) {
      for (String name : names(prefix)) {
        removeMarkers(prefix + name + "/");
      }
      delete(prefix);
    }
  }

  private ListObjectsV2Response page(
      String prefix, @Nullable String delimiter, @Nullable String token) throws IOException {
    ListObjectsV2Request request =
        ListObjectsV2Request.builder()
            .bucket(root.bucket())
            .prefix(root.inBucket(prefix))
            .delimiter(delimiter)
            .encodingType(EncodingType.URL)
            .continuationToken(token)
            .build();
    try {
      return attempts.make(
          Kind.LIST,
          "list",
          prefix,
          errors,
          () -> {
            ListObjectsV2Response page = client.listObjectsV2(request);
            if (page.name() == null) {
              throw new BrokenAnswer(errors.noS3());
            }
            return page;
          });
    } catch (Failed e) {
      throw e.explained();
    }
  }

  private static boolean hasMore(ListObjectsV2Response page) {
    return Boolean.TRUE.equals(page.isTruncated()) && page.nextContinuationToken() != null;
  }

  private static boolean isKey(String key) {
    try {
      Keys.check(key);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** When the server answered, by its own clock. */
  private static Instant date(ListObjectsV2Response page) {
    Optional<String> date = page.sdkHttpResponse().firstMatchingHeader("Date");
    try {
      return date.map(
              text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
          .orElseGet(Instant::now);
    } catch (DateTimeParseException e) {
      return Instant.now();
    }
  }

  /** Reads a whole object into memory. */
  Loaded load(String key) throws IOException {
    InMemory bytes = new InMemory();
    Download download = download("read", key, bytes);
    download.whole();
    return new Loaded(bytes.taken.toByteArray(), download.etag());
  }

  /** A download of an object, or of parts of it. */
  Download download(String doing, String key, Download.Sink sink) {
    return new Download(client, root, errors, attempts, doing, key, sink);
  }

  /** Whether there is an object under a key. */
  boolean exists(String doing, String key) throws IOException {
    try {
      attempts.make(
          Kind.HEAD,
          doing,
          key,
          errors,
          () -> {
            if (client.headObject(it -> it.bucket(root.bucket()).key(root.inBucket(key))).eTag()
                == null) {
              throw new BrokenAnswer(errors.noS3());
            }
            return true;
          });
      return true;
    } catch (Failed e) {
      if (e.outcome() == Outcome.ABSENT) {
        return false;
      }
      if (e.outcome() == Outcome.REFUSED) {
        isOf(doing, key, ""); // An answer without a body says no reason; this one throws it.
      }
      throw e.explained();
    }
  }

  /**
   * Whether an object was made by a put. Reads its first byte and no more, since of an answer
   * without a body that was cut in its head nobody can tell that.
   */
  boolean isOf(String doing, String key, String putId) throws IOException {
    try {
      return attempts.make(
          Kind.GET,
          doing,
          key,
          errors,
          () -> {
            ResponseInputStream<GetObjectResponse> answer =
                client.getObject(it -> it.bucket(root.bucket()).key(root.inBucket(key)));
            try {
              Long length = answer.response().contentLength();
              if (length == null || (length > 0 && answer.read() < 0)) {
                throw new BrokenAnswer("the answer broke off; it is safe to try again");
              }
              return putId.equals(answer.response().metadata().get(PUT_ID));
            } catch (IOException e) {
              throw new BrokenAnswer("the answer broke off; it is safe to try again");
            } finally {
              answer.abort();
            }
          });
    } catch (Failed e) {
      if (e.outcome() == Outcome.ABSENT) {
        return false;
      }
      throw e.explained();
    }
  }

  /**
   * Puts an object in one request.
   *
   * @param putId kept with it
   * @param storageClass empty for the bucket's own
   */
  void put(
      String doing,
      String key,
      Content content,
      String putId,
      Condition condition,
      Optional<String> storageClass)
      throws Failed, IOException {
    Duration time = Uploads.time(settings, content.length());
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(root.bucket())
            .key(root.inBucket(key))
            .contentLength(content.length())
            .contentMD5(content.md5())
            .metadata(Map.of(CRC, content.crc(), PUT_ID, putId))
            .overrideConfiguration(timing -> timing.apiCallAttemptTimeout(time));
    settings.encryption().ifPresent(request::serverSideEncryption);
    settings.kmsKey().ifPresent(request::ssekmsKeyId);
    storageClass.ifPresent(request::storageClass);
    if (condition.ifAbsent()) {
      request.ifNoneMatch("*");
    }
    if (condition.ifEtag() != null) {
      request.ifMatch(condition.ifEtag());
    }
    PutObjectRequest made = request.build();
    AtomicBoolean isAgain = new AtomicBoolean();
    attempts.make(
        Kind.PUT,
        doing,
        key,
        errors,
        () -> {
          Optional<PlainPuts> plain =
              plainPuts.filter(it -> !isAgain.getAndSet(true) && it.areOfUse());
          Optional<String> etag =
              plain.isPresent()
                  ? plain.get().put(made, content, time)
                  : Optional.ofNullable(client.putObject(made, content.body()).eTag());
          return etag.orElseThrow(() -> new BrokenAnswer(errors.noS3()));
        });
  }

  /** Deletes an object; that it is not there is no error. */
  void delete(String key) throws IOException {
    try {
      attempts.make(
          Kind.DELETE,
          "delete",
          key,
          errors,
          () -> client.deleteObject(it -> it.bucket(root.bucket()).key(root.inBucket(key))));
    } catch (Failed e) {
      boolean gone = e.outcome() == Outcome.ABSENT;
      // What seemed to fail may have been done; and some servers fail where there is nothing.
      if (!gone && (e.outcome() != Outcome.UNKNOWN || exists("delete", key))) {
        throw e.explained();
      }
    }
  }

  private static final class InMemory implements Download.Sink {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Override
    public void restart() {
      taken.reset();
    }

    @Override
    public void write(long offset, byte[] bytes, int length) {
      taken.write(bytes, 0, length);
    }
  }
}
