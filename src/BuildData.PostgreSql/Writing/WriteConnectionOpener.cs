using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Opens database connections for <see cref="WriteConnection"/>. Also applies settings to the session of each connection, such as time
/// limits.
/// </summary>
/// <param name="services">The objects that all write connections of this process share.</param>
/// <param name="runsHostTransaction">
/// Whether the connection runs a transaction that the host program controls. Such a transaction may pause between its
/// statements. Otherwise the connection runs batches of updates.
/// </param>
internal sealed class WriteConnectionOpener(WriterServices services, bool runsHostTransaction)
{
    // The server ends the session of a batch that is idle for longer. A batch pauses only if its process is stopped.
    private static readonly TimeSpan MaxBatchPause = TimeSpan.FromSeconds(10);

    // The library itself ends a transaction of the host after TransactionTimeout. The server's limit is longer by this time.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // The time after which the server ends the session if it is idle inside a transaction.
    private TimeSpan? MaxIdleTime => !runsHostTransaction ? MaxBatchPause
        : services.Context.Options.TransactionTimeout == Timeout.InfiniteTimeSpan ? null
        : services.Context.Options.TransactionTimeout + Grace;

    /// <summary>
    /// Opens a connection to the database. If another server may have taken over, first checks whether the database of the new server lacks
    /// events that were already published.
    /// </summary>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    public async ValueTask<NpgsqlConnection> Open(CancellationToken cancellationToken)
    {
        // A server without the last published event may have taken over. Find out before anything is written.
        await services.Publisher.CheckForLostCommitsIfRequested(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = await services.Database.Connect(cancellationToken).ConfigureAwait(false);
        bool isReady = false;
        try
        {
            await SessionSettings.Apply(connection, services.Context.Options.Durability == Durability.Full, MaxIdleTime, cancellationToken).ConfigureAwait(false);
            if (!runsHostTransaction)
                await SessionPurposeAdvisoryLocks.MarkAsBatchSession(connection, cancellationToken).ConfigureAwait(false);
            isReady = true;
            return connection;
        }
        finally
        {
            if (!isReady)
                await PostgreSqlDatabase.ResetAndClose(connection, holdsBatchLock: !runsHostTransaction).ConfigureAwait(false);
        }
    }
}
