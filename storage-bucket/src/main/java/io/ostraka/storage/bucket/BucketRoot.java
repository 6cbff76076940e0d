package io.ostraka.storage.bucket;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where in which bucket a root lies.
 *
 * @param bucket the bucket's name
 * @param prefix what all keys of the root begin with: empty, or a path with a slash at its end
 */
record BucketRoot(String bucket, String prefix) {
  private static final Pattern BUCKET = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}");

  /**
   * Reads {@code s3://bucket} or {@code s3://bucket/some/prefix}.
   *
   * @throws IllegalArgumentException if it is no such address
   */
  static BucketRoot parse(URI root) {
    if (!"s3".equals(root.getScheme()) || root.getRawAuthority() == null) {
      throw refuse(root, "it does not begin with s3:// and a bucket");
    }
    if (root.getRawQuery() != null || root.getRawFragment() != null) {
      throw refuse(root, "it has a ? or a #");
    }
    String bucket = root.getRawAuthority();
    if (!BUCKET.matcher(bucket).matches()) {
      throw refuse(root, "\"" + bucket + "\" is no name of a bucket");
    }
    String path = root.getPath();
    int begin = path.startsWith("/") ? 1 : 0;
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    String prefix = begin >= end ? "" : path.substring(begin, end);
    for (String part : prefix.split("/", -1)) {
      if (!prefix.isEmpty() && (part.isEmpty() || part.equals(".") || part.equals(".."))) {
        throw refuse(root, "its path has an empty part, a . or a ..");
      }
    }
    if (prefix.chars().anyMatch(Character::isISOControl)
        || prefix.getBytes(StandardCharsets.UTF_8).length > 512) {
      throw refuse(root, "its path has a control character or more than 512 bytes");
    }
    return new BucketRoot(bucket, prefix.isEmpty() ? "" : prefix + "/");
  }

  private static IllegalArgumentException refuse(URI root, String why) {
    return new IllegalArgumentException(
        "Cannot use " + root + " as a root: " + why + "; write s3://BUCKET/PREFIX");
  }

  /** The root as an absolute URI without a slash at its end. */
  URI uri() {
    String path = prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1);
    try {
      return new URI("s3", bucket, path, null, null);
    } catch (java.net.URISyntaxException e) {
      throw new IllegalArgumentException("Cannot write " + bucket + path + " as an address", e);
    }
  }

  /** The key in the bucket of a key of the root. */
  String inBucket(String key) {
    return prefix + key;
  }

  /** The key of the root of a key in the bucket that begins with the prefix. */
  String inRoot(String bucketKey) {
    return bucketKey.substring(prefix.length());
  }

  /** How people know an object. */
  String shown(String key) {
    return "s3://" + bucket + "/" + prefix + key;
  }
}
