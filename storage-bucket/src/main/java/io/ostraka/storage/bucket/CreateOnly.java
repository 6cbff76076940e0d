package io.ostraka.storage.bucket;

import io.ostraka.storage.bucket.Attempts.Failed;
import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Puts that never replace, on servers that know how and on those that do not. One for a bucket,
 * safe for threads.
 */
final class CreateOnly {
  /*
   * `If-None-Match: *` asks the server not to replace, and some servers ignore it without a word.
   * So the first put of a process looks whether the name is taken, puts with the condition, and
   * puts the same bytes under the same name once more: a server that knows the condition answers
   * 412, and one that does not replaces the bytes by themselves. Of the second kind a name is looked
   * up before every put; two processes that put one name at one moment could then replace one whole
   * object by another. A name has one owner, so that takes a mistake; correctness never rests on it.
   *
   * A put that timed out may have landed. It is made again, and then the name is taken: by that
   * put itself if the object carries its id.
   */
  private static final int STRIPES = 64;

  /** Larger objects are not put twice to find out what the server knows. */
  private static final long TRIAL_BYTES = 1 << 20;

  private enum Server {
    UNKNOWN,
    REFUSES_TAKEN_NAMES,
    REPLACES
  }

  private final String server;
  private final Consumer<String> say;
  private final Supplier<String> ids;
  private final ReentrantLock findingOut = new ReentrantLock();
  private final Lock[] names = new Lock[STRIPES];
  private volatile Server known = Server.UNKNOWN;

  /** One way to put one object. */
  interface Put {
    /** Puts it, with the condition or without. */
    void send(String putId, boolean ifAbsent) throws Failed, IOException;
  }

  /**
   * Knows nothing of its server yet.
   *
   * @param server how people know the server
   * @param say takes one line if the server is of the lesser kind
   * @param ids random ones
   */
  CreateOnly(String server, Consumer<String> say, Supplier<String> ids) {
    this.server = server;
    this.say = say;
    this.ids = ids;
    for (int i = 0; i < names.length; i++) {
      names[i] = new ReentrantLock();
    }
  }

  /**
   * Puts an object unless its name is taken.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it is taken
   */
  void put(
      BucketObjects objects, BucketErrors errors, String doing, String key, long length, Put put)
      throws IOException {
    Creation creation = new Creation(objects, errors, doing, key, put);
    if (known == Server.UNKNOWN && length <= TRIAL_BYTES) {
      findingOut.lock();
      try {
        if (known == Server.UNKNOWN) {
          findOut(creation);
          return;
        }
      } finally {
        findingOut.unlock();
      }
    }
    if (known == Server.REFUSES_TAKEN_NAMES) {
      creation.withCondition(ids.get());
    } else {
      lookFirst(creation);
    }
  }

  private void findOut(Creation creation) throws IOException {
    creation.checkFree();
    String id = ids.get();
    if (!creation.withCondition(id)) {
      lesser();
      lookFirst(creation);
      return;
    }
    switch (creation.again(id)) {
      case CONDITION_FAILED -> known = Server.REFUSES_TAKEN_NAMES;
      case REPLACED -> lesser();
      case UNCLEAR -> {
        // The next put finds out.
      }
    }
  }

  private void lesser() {
    if (known != Server.REPLACES) {
      known = Server.REPLACES;
      say.accept(
          server
              + " ignores If-None-Match: names are looked up before each put, which guards against mistakes a little"
              + " less well; nothing else changes");
    }
  }

  private void lookFirst(Creation creation) throws IOException {
    Lock name = names[Math.floorMod(creation.key.hashCode(), STRIPES)];
    name.lock();
    try {
      creation.checkFree();
      creation.send(ids.get());
    } finally {
      name.unlock();
    }
  }

  private enum Trial {
    CONDITION_FAILED,
    REPLACED,
    UNCLEAR
  }

  /** One object on its way. */
  private record Creation(
      BucketObjects objects, BucketErrors errors, String doing, String key, Put put) {
    void checkFree() throws IOException {
      if (objects.exists(doing, key)) {
        throw errors.taken(key);
      }
    }

    /** Puts with the condition; false if the server refuses the condition itself. */
    boolean withCondition(String id) throws IOException {
      try {
        put.send(id, true);
        return true;
      } catch (Failed e) {
        switch (e.outcome()) {
          case CONDITION_FAILED -> {
            if (e.mayHaveLanded() && hasLanded(id)) {
              return true;
            }
            throw errors.taken(key);
          }
          case ABSENT -> {
            if (hasLanded(id)) {
              return true; // The parts of an upload are gone, since they were joined.
            }
            throw e.explained();
          }
          case NOT_IMPLEMENTED -> {
            return false;
          }
          case UNKNOWN, TOO_FAST, CLOCK_OFF, REFUSED -> throw e.explained();
        }
        throw e.explained();
      }
    }

    void send(String id) throws IOException {
      try {
        put.send(id, false);
      } catch (Failed e) {
        if (e.outcome() != Outcome.ABSENT || !hasLanded(id)) {
          throw e.explained();
        }
      }
    }

    /** Puts the same bytes once more with the condition. */
    Trial again(String id) {
      try {
        put.send(id, true);
        return Trial.REPLACED;
      } catch (Failed e) {
        return e.outcome() == Outcome.CONDITION_FAILED ? Trial.CONDITION_FAILED : Trial.UNCLEAR;
      } catch (IOException e) {
        return Trial.UNCLEAR;
      }
    }

    private boolean hasLanded(String id) throws IOException {
      return objects.isOf(doing, key, id);
    }
  }
}
