package io.ostraka.shard;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Compresses pages by Zstandard without Hadoop's codec classes. One instance for each thread. */
final class ZstdCodec implements BytesInputCompressor {
  /** Level 3: level 1 makes files 4 % larger, level 6 takes half as long again and gains 1 %. */
  private static final int LEVEL = 3;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

  @Override
  public BytesInput compress(BytesInput bytes) throws IOException {
    ByteBuffer plain = heapBuffer(bytes);
    byte[] compressed = new byte[(int) Zstd.compressBound(plain.remaining())];
    int length =
        context.compressByteArray(
            compressed,
            0,
            compressed.length,
            plain.array(),
            plain.arrayOffset() + plain.position(),
            plain.remaining());
    return BytesInput.from(compressed, 0, length);
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.ZSTD;
  }

  @Override
  public void release() {
    context.close();
  }

  private static ByteBuffer heapBuffer(BytesInput bytes) {
    ByteBuffer buffer = bytes.toByteBuffer(HeapByteBufferAllocator.getInstance(), unused -> {});
    if (buffer.hasArray()) {
      return buffer;
    }
    byte[] copy = new byte[buffer.remaining()];
    buffer.get(copy);
    return ByteBuffer.wrap(copy);
  }
}
