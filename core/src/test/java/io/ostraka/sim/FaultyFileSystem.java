package io.ostraka.sim;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The real files as one process sees them, of which every operation that changes something is
 * counted and can be made the last one ({@link FileFaults}). Syncing costs nothing: what a power
 * loss takes is the business of the test. Not safe for threads.
 */
public final class FaultyFileSystem extends FileSystem {
  private final FileSystem real = FileSystems.getDefault();
  private final FileFaults faults = new FileFaults();
  private final FaultyProvider provider = new FaultyProvider(this, real.provider());
  private final Set<FileChannel> open = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Map<Path, Long> synced;

  /** The files of a process of its own. */
  public FaultyFileSystem() {
    this(new HashMap<>());
  }

  /**
   * The files of one of several processes that share a disk.
   *
   * @param synced takes how many bytes of each file were synced
   */
  FaultyFileSystem(Map<Path, Long> synced) {
    this.synced = synced;
  }

  /** What goes wrong. */
  public FileFaults faults() {
    return faults;
  }

  /** A real path as this process sees it. */
  public Path path(Path path) {
    return new FaultyPath(this, path.toAbsolutePath());
  }

  /** Closes what the process left open, as the end of a process does, and so drops its locks. */
  public void end() throws IOException {
    faults.stop();
    for (FileChannel channel : Set.copyOf(open)) {
      channel.close();
    }
  }

  /** Whether all bytes of a file would be there after a power loss. */
  public boolean isSynced(Path path) throws IOException {
    Path file = FaultyPath.real(path);
    return synced.getOrDefault(file, 0L) >= Files.size(file);
  }

  void synced(Path path, long bytes) {
    synced.put(FaultyPath.real(path), bytes);
  }

  /** From there on a file is no longer as it was synced. */
  void changed(Path path, long bytes) {
    synced.computeIfPresent(FaultyPath.real(path), (file, before) -> Math.min(before, bytes));
  }

  void opened(FileChannel channel) {
    open.add(channel);
  }

  void closed(FileChannel channel) {
    open.remove(channel);
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return Collections.singleton(path(Path.of("/")));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return real.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return new FaultyPath(this, real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    PathMatcher matcher = real.getPathMatcher(pattern);
    return path -> matcher.matches(FaultyPath.real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
