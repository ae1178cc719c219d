namespace BuildData.Resources.Logs.Merging;

/// <summary>Describes the chunks that a merge replaces, as they are in the database.</summary>
internal sealed class ChunksToReplace
{
    /// <summary>Gets how many lines of the log, from the first on, are in merged chunks.</summary>
    public long MergedLines { get; init; }

    /// <summary>Gets the number of chunks.</summary>
    public long Chunks { get; init; }

    /// <summary>Gets the number of the last line.</summary>
    public long LastLine { get; init; }

    /// <summary>Gets the size of their content in the database, in bytes.</summary>
    public long StoredBytes { get; init; }
}
