package io.ostraka.sim;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Does what the real provider does, as long as the {@link FileFaults} let it. */
final class FaultyProvider extends FileSystemProvider {
  private static final Set<OpenOption> CHANGING =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.TRUNCATE_EXISTING);

  private final FaultyFileSystem files;
  private final FileSystemProvider real;

  FaultyProvider(FaultyFileSystem files, FileSystemProvider real) {
    this.files = files;
    this.real = real;
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (options.stream().anyMatch(CHANGING::contains)) {
      files.faults().step("open", path);
    } else {
      files.faults().look("open");
    }
    FileChannel channel = FileChannel.open(FaultyPath.real(path), options, attributes);
    return new FaultyChannel(files, path, channel);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  /** In the order of the names, so that a seed means the same everywhere. */
  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    files.faults().look("list");
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> found =
        real.newDirectoryStream(FaultyPath.real(folder), p -> true)) {
      for (Path path : found) {
        Path entry = new FaultyPath(files, path);
        if (filter.accept(entry)) {
          entries.add(entry);
        }
      }
    }
    Collections.sort(entries);
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return entries.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    files.faults().step("make folder", folder);
    real.createDirectory(FaultyPath.real(folder), attributes);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    files.faults().step("link", link);
    real.createLink(FaultyPath.real(link), FaultyPath.real(existing));
  }

  @Override
  public void delete(Path path) throws IOException {
    files.faults().step("delete", path);
    real.delete(FaultyPath.real(path));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    files.faults().step("copy", target);
    real.copy(FaultyPath.real(source), FaultyPath.real(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    files.faults().step("move", target);
    real.move(FaultyPath.real(source), FaultyPath.real(target), options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    files.faults().step("set attribute", path);
    real.setAttribute(FaultyPath.real(path), attribute, value, options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return real.isSameFile(FaultyPath.real(path), FaultyPath.real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(FaultyPath.real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(FaultyPath.real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    files.faults().look("access");
    real.checkAccess(FaultyPath.real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    files.faults().look("attributes");
    return real.getFileAttributeView(FaultyPath.real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    files.faults().look("attributes");
    return real.readAttributes(FaultyPath.real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    files.faults().look("attributes");
    return real.readAttributes(FaultyPath.real(path), attributes, options);
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }
}
