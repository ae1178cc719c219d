namespace BuildData.Resources.Logs.Chunks;

/// <summary>Specifies how the content of a chunk is stored. The numbers are stored in the database.</summary>
internal enum ChunkEncoding
{
    /// <summary>The text in UTF-8.</summary>
    Plain = 0,

    /// <summary>The text in UTF-8, compressed with Brotli.</summary>
    Brotli = 1,
}
