namespace BuildData.Updating.Caching;

/// <summary>Represents a collection of a <see cref="RowCache"/>.</summary>
internal abstract class CachedCollection
{
    /// <summary>Gets the number of cached values.</summary>
    public abstract int Count { get; }

    public abstract void Clear();

    /// <summary>Copies what later transactions may use to the shared cache, whose lock the caller holds.</summary>
    /// <param name="versionOfWrittenRows">The version of the rows that the committed transaction has written.</param>
    public virtual void CopyToShared(long versionOfWrittenRows)
    {
    }
}
