package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.Attempts.BrokenAnswer;
import io.ostraka.storage.bucket.Attempts.Failed;
import io.ostraka.storage.bucket.RequestCounter.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Large objects, put part by part, so that neither a passing trouble nor the memory costs more than
 * a part. Nothing is there before the last request, which joins them. Safe for threads.
 */
final class Uploads {
  /** From here on an object is put in parts, and so large is each but the last. */
  static final long PART_BYTES = 8L << 20;

  /** The slowest way that an attempt waits for. */
  private static final long SLOWEST_BYTES_A_SECOND = 64 * 1024;

  private final S3Client client;
  private final BucketSettings settings;
  private final BucketRoot root;
  private final BucketErrors errors;
  private final Attempts attempts;

  Uploads(
      S3Client client,
      BucketSettings settings,
      BucketRoot root,
      BucketErrors errors,
      Attempts attempts) {
    this.client = client;
    this.settings = settings;
    this.root = root;
    this.errors = errors;
    this.attempts = attempts;
  }

  /** How long an attempt to send so many bytes may take. */
  static Duration time(BucketSettings settings, long bytes) {
    return settings.patience().attempt().plusSeconds(bytes / SLOWEST_BYTES_A_SECOND);
  }

  /**
   * Puts a file part by part.
   *
   * @throws Failed if the last request fails; it may have joined the parts all the same
   * @throws IOException if it fails before, so that nothing is there
   */
  void put(String key, Path file, long length, String putId, boolean ifAbsent)
      throws Failed, IOException {
    String upload = begin(key, Content.crc(file, length), putId);
    try {
      join(key, upload, parts(key, upload, file, length), ifAbsent);
    } catch (Failed | IOException e) {
      abort(key, upload);
      throw e;
    }
  }

  private String begin(String key, String crc, String putId) throws IOException {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(root.bucket())
            .key(root.inBucket(key))
            .contentType("application/octet-stream")
            .metadata(Map.of(BucketObjects.CRC, crc, BucketObjects.PUT_ID, putId));
    settings.encryption().ifPresent(request::serverSideEncryption);
    settings.kmsKey().ifPresent(request::ssekmsKeyId);
    settings.storageClass().ifPresent(request::storageClass);
    try {
      return attempts.make(
          Kind.PUT,
          "publish",
          key,
          errors,
          () -> {
            String upload = client.createMultipartUpload(request.build()).uploadId();
            if (upload == null) {
              throw new BrokenAnswer(errors.noS3());
            }
            return upload;
          });
    } catch (Failed e) {
      throw e.explained();
    }
  }

  private List<CompletedPart> parts(String key, String upload, Path file, long length)
      throws IOException {
    List<CompletedPart> parts = new ArrayList<>();
    for (long offset = 0; offset < length; offset += PART_BYTES) {
      Content content = Content.of(file, offset, Math.min(PART_BYTES, length - offset));
      int number = parts.size() + 1;
      UploadPartRequest request =
          UploadPartRequest.builder()
              .bucket(root.bucket())
              .key(root.inBucket(key))
              .uploadId(upload)
              .partNumber(number)
              .contentLength(content.length())
              .contentMD5(content.md5())
              .overrideConfiguration(
                  timing -> timing.apiCallAttemptTimeout(time(settings, content.length())))
              .build();
      try {
        String etag =
            attempts.make(
                Kind.PUT,
                "publish",
                key,
                errors,
                () -> {
                  String tag = client.uploadPart(request, content.body()).eTag();
                  if (tag == null) {
                    throw new BrokenAnswer(errors.noS3());
                  }
                  return tag;
                });
        parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
      } catch (Failed e) {
        throw e.explained();
      }
    }
    return parts;
  }

  private void join(String key, String upload, List<CompletedPart> parts, boolean ifAbsent)
      throws Failed, IOException {
    CompleteMultipartUploadRequest.Builder request =
        CompleteMultipartUploadRequest.builder()
            .bucket(root.bucket())
            .key(root.inBucket(key))
            .uploadId(upload)
            .multipartUpload(CompletedMultipartUpload.builder().parts(parts).build());
    if (ifAbsent) {
      request.ifNoneMatch("*");
    }
    attempts.make(
        Kind.PUT, "publish", key, errors, () -> client.completeMultipartUpload(request.build()));
  }

  /** Gives parts that were never joined back to the store, which else would charge for them. */
  void abortAll(String prefix) {
    try {
      List<MultipartUpload> unfinished =
          attempts.make(
              Kind.LIST,
              "clean up",
              prefix,
              errors,
              () ->
                  client
                      .listMultipartUploads(
                          it -> it.bucket(root.bucket()).prefix(root.inBucket(prefix)))
                      .uploads());
      for (MultipartUpload one : unfinished) {
        if (one.key().startsWith(root.inBucket(prefix))) {
          abort(root.inRoot(one.key()), one.uploadId());
        }
      }
    } catch (Failed | IOException e) {
      // Without the permission, or on a server that cannot list them, the bucket's own rule for
      // unfinished uploads remains; docs/buckets.md has it.
      return;
    }
  }

  private void abort(String key, String upload) {
    try {
      attempts.make(
          Kind.DELETE,
          "clean up",
          key,
          errors,
          () ->
              client.abortMultipartUpload(
                  it -> it.bucket(root.bucket()).key(root.inBucket(key)).uploadId(upload)));
    } catch (Failed | IOException | SdkException e) {
      return; // As above.
    }
  }
}
