using BuildData.Stores;

namespace BuildData.Updating.Caching;

/// <summary>Represents rows of one table that move between a transaction and the shared cache.</summary>
internal interface ICachedRows
{
    string Table { get; }

    /// <summary>Moves a row from the shared cache to the transaction. The caller holds the lock of the shared cache.</summary>
    /// <returns>False if the shared cache does not hold the row.</returns>
    bool TryMoveFromShared(long id);

    /// <summary>Removes and returns the marks of the rows that the commit must verify; null if there are none.</summary>
    RowVersions? TakeRowsToVerify();
}
