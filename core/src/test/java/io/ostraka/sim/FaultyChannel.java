package io.ostraka.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A channel of a {@link FaultyFileSystem}. */
final class FaultyChannel extends FileChannel {
  private final FaultyFileSystem files;
  private final FileFaults faults;
  private final Path path;
  private final FileChannel real;

  FaultyChannel(FaultyFileSystem files, Path path, FileChannel real) {
    this.files = files;
    this.faults = files.faults();
    this.path = path;
    this.real = real;
    files.opened(this);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    faults.look("read");
    return real.read(target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    faults.look("read");
    return real.read(targets, offset, length);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    faults.look("read");
    return real.read(target, position);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    faults.look("write");
    int written = write(source, real.position());
    real.position(real.position() + written);
    return written;
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    faults.look("write");
    faults.checkRoom(position + source.remaining() > real.size(), path);
    files.changed(path, position);
    if (faults.write("write") == FileFaults.Write.TORN) {
      if (faults.isTorn()) {
        real.write(firstHalf(source), position);
      }
      throw faults.interrupted("write", path);
    }
    return real.write(source, position);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  private static ByteBuffer firstHalf(ByteBuffer source) {
    ByteBuffer half = source.duplicate();
    half.limit(source.position() + source.remaining() / 2);
    return half;
  }

  @Override
  public long position() throws IOException {
    faults.look("position");
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    faults.look("position");
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    faults.look("size");
    return real.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    faults.step("truncate", path);
    real.truncate(size);
    files.changed(path, size);
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    faults.step("sync", path);
    files.synced(path, real.size());
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    faults.look("read");
    return real.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    faults.look("write");
    faults.checkRoom(position + count > real.size(), path);
    files.changed(path, position);
    faults.step("write", path);
    return real.transferFrom(source, position, count);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    faults.step("map", path);
    return real.map(mode, position, size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    faults.look("lock");
    return real.lock(position, size, shared);
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    faults.look("lock");
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    files.closed(this);
    real.close();
  }
}
