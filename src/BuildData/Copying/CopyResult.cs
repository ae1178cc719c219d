namespace BuildData;

/// <summary>Describes a finished copy. Immutable and thread-safe.</summary>
/// <param name="Tables">The tables, in the order in which they were copied.</param>
public sealed record CopyResult(IReadOnlyList<CopiedTable> Tables)
{
    /// <summary>Gets the number of rows of all tables.</summary>
    public long Rows => Tables.Sum(table => table.Rows);
}
