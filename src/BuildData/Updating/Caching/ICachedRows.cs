using BuildData.Stores;

namespace BuildData.Updating.Caching;

/// <summary>Represents the cached rows of one table without their C# type. <see cref="CachedRows{T}"/> implements the interface.</summary>
internal interface ICachedRows
{
    string Table { get; }

    /// <summary>
    /// Moves a row from the shared cache to this collection, for the current transaction. The caller must hold the lock of the shared cache.
    /// </summary>
    /// <returns>False if the shared cache does not contain the row.</returns>
    bool TryMoveFromShared(long id);

    /// <summary>Removes a row from the cache, because the transaction has removed the row from the database.</summary>
    void Remove(long id);

    /// <summary>
    /// Returns the ids and versions of the rows that came from the shared cache and that the transaction has not locked. The commit must check
    /// that these rows still have the same versions in the database. The next call does not return these rows again.
    /// </summary>
    /// <returns>The ids and versions; null if there are no such rows.</returns>
    RowVersions? TakeRowsToVerify();
}
