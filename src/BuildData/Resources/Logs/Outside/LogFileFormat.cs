using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BuildData.Resources.Logs.Outside;

/// <summary>
/// Converts the content of a chunk to the bytes of its file, and back. A file has a checksum of the content and of the chunk's key. So damage is
/// noticed, and so is the file of another chunk. Brotli itself has no checksum.
/// </summary>
internal static class LogFileFormat
{
    // Neither a text in UTF-8 nor a chunk that this library has compressed begins with this byte. Files of older versions have no checksum.
    private const byte FirstByte = 0xFF;

    private const int HeaderLength = 1 + SHA256.HashSizeInBytes;

    /// <summary>Returns the bytes before the content.</summary>
    public static byte[] Header(LogChunkKey key, ReadOnlySpan<byte> content)
    {
        byte[] header = new byte[HeaderLength];
        header[0] = FirstByte;
        Hash(key, content, header.AsSpan(1));
        return header;
    }

    /// <summary>Returns the content of a file; null if the file is damaged, or belongs to another chunk.</summary>
    public static byte[]? Parse(LogChunkKey key, byte[] file)
    {
        if (file.Length == 0)
            return null;

        // If the checksum is right and only the first byte is not, the file is a damaged one, not an older one.
        bool isChecked = file.Length >= HeaderLength && HasChecksum(key, file);
        if (isChecked != (file[0] == FirstByte))
            return null;
        return isChecked ? file[HeaderLength..] : file;
    }

    private static bool HasChecksum(LogChunkKey key, byte[] file)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, file.AsSpan(HeaderLength), hash);
        return hash.SequenceEqual(file.AsSpan(1, hash.Length));
    }

    private static void Hash(LogChunkKey key, ReadOnlySpan<byte> content, Span<byte> hash)
    {
        Span<byte> numbers = stackalloc byte[3 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, key.LogId);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], key.FirstLine);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], key.LastLine);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(numbers);
        sha.AppendData(content);
        sha.GetHashAndReset(hash);
    }
}
