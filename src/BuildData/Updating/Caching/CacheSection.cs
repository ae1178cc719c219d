namespace BuildData.Updating.Caching;

/// <summary>Represents one collection of cached rows or values. A <see cref="RowCache"/> consists of several collections.</summary>
internal abstract class CacheSection
{
    /// <summary>Gets the number of cached rows or values.</summary>
    public abstract int Count { get; }

    public abstract void Clear();

    /// <summary>
    /// Copies rows and values to the cache that all connections of this process share, so that later transactions find them. Called after a
    /// commit. The caller must hold the lock of the shared cache.
    /// </summary>
    /// <param name="committedVersion">The version of all rows that the committed transaction has written.</param>
    public virtual void CopyToShared(long committedVersion)
    {
    }
}
