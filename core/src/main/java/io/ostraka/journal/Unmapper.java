package io.ostraka.journal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a mapping back at once. Without it a segment that was deleted keeps its disk until a
 * garbage collection, and a program that allocates little may never have one.
 */
final class Unmapper {
  private static final @Nullable MethodHandle CLEANER = find();

  private Unmapper() {}

  /**
   * Unmaps a buffer that nobody will touch again. Where the runtime does not offer it, garbage
   * collection does.
   */
  static void unmap(MappedByteBuffer buffer) {
    if (CLEANER == null) {
      return;
    }
    try {
      CLEANER.invokeExact((ByteBuffer) buffer);
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot unmap a segment", e);
    }
  }

  private static @Nullable MethodHandle find() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(instance.get(null));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }
}
