using System.Buffers;
using BuildData.Resources.Logs.Chunks;

namespace BuildData.Tests.Logs;

/// <summary>Chunks of logs whose rows in the database are damaged.</summary>
internal sealed class DamagedChunkTests
{
    [TestCase(0, 3)]
    [TestCase(0, 5)]
    [TestCase(0, -1)]
    [TestCase(1, 4)]
    [TestCase(1, int.MinValue)]
    [TestCase(7, 4)]
    public async Task WriteTextTo_LengthOrEncodingIsWrong_ThrowsStoreException(int encoding, int length)
    {
        var chunk = new StoredChunk(0, 0, length, (ChunkEncoding)encoding, "abc\n"u8.ToArray());

        Func<Task> write = async () => await chunk.WriteTextTo(new ArrayBufferWriter<byte>(), 1, outside: null, CancellationToken.None);

        await write.Should().ThrowAsync<StoreException>().WithMessage("*damaged*");
    }
}
