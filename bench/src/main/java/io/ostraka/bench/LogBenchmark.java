package io.ostraka.bench;

import com.sun.management.ThreadMXBean;
import io.ostraka.client.Metrics;
import io.ostraka.client.Ostraka;
import io.ostraka.client.Run;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call of {@code log} with three metrics costs the training thread, beside a bare copy of a
 * record of the same size into a mapped file. Calls come in bursts; between them everything is
 * published, outside the measured time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class LogBenchmark {
  private static final int BURST = 100_000;
  private static final int RECORD_BYTES = 56;

  /** A run in a temporary folder. */
  @State(Scope.Thread)
  public static class Logging {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Path folder = Folders.temporary();
    private final Run run = start(folder);
    private final Metrics metrics = run.metrics("train/loss", "train/accuracy", "lr");
    private long step;
    private long calls;
    private long allocatedBytes;
    private long allocatedBefore;

    private static Run start(Path folder) {
      try {
        return Ostraka.run().root(folder.resolve("root")).spool(folder.resolve("spool")).start();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Lets the drainer catch up. */
    @Setup(Level.Invocation)
    public void publish() throws IOException {
      run.flush();
      allocatedBefore = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** Counts what the burst allocated on the caller's thread. */
    @TearDown(Level.Invocation)
    public void countAllocation() {
      allocatedBytes +=
          threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocatedBefore;
      calls += BURST;
    }

    /** Says what was allocated, and clears up. */
    @TearDown(Level.Trial)
    public void end() throws IOException {
      run.close();
      Folders.delete(folder);
      System.out.printf(
          "%nallocated by the calling thread: %.4f bytes a call (%d bytes in %d calls)%n",
          (double) allocatedBytes / calls, allocatedBytes, calls);
    }
  }

  /** A mapped file. */
  @State(Scope.Thread)
  public static class Copying {
    private final Path folder = Folders.temporary();
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
    private MappedByteBuffer map = map(folder.resolve("map"));

    private static MappedByteBuffer map(Path file) {
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer zeros = ByteBuffer.allocate(BURST * RECORD_BYTES);
        channel.write(zeros, 0);
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, zeros.capacity());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Begins each burst in pages that are not touched yet, as a journal does. */
    @Setup(Level.Invocation)
    public void fresh() throws IOException {
      Files.deleteIfExists(folder.resolve("map"));
      map = map(folder.resolve("map"));
    }

    /** Clears up. */
    @TearDown(Level.Trial)
    public void end() throws IOException {
      Folders.delete(folder);
    }
  }

  /** {@code log} of three metrics named once. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void logThreeMetrics(Logging state) {
    for (int i = 0; i < BURST; i++) {
      state.metrics.log(state.step++, 0.5 + i, 0.25, 1e-3);
    }
  }

  /** The limit: the same number of bytes stored without clock, lock or checksum. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void copyARecordOfTheSameSize(Copying state) {
    for (int i = 0; i < BURST; i++) {
      state.record.clear();
      state.map.position(i * RECORD_BYTES);
      state.map.put(state.record);
    }
  }
}
