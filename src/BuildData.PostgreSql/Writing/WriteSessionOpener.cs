using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>Opens the sessions of connections that write, and applies their settings.</summary>
/// <param name="services">The objects that all connections that write share.</param>
/// <param name="servesHost">
/// Whether the connection runs a transaction of the host program, which may pause between its messages. Otherwise the
/// connection runs batches.
/// </param>
internal sealed class WriteSessionOpener(WriterServices services, bool servesHost)
{
    // The server ends a batch that is idle for longer. A batch sends its messages without pauses, unless its process is stopped.
    private static readonly TimeSpan MaxBatchPause = TimeSpan.FromSeconds(10);

    // The server's limit for a transaction of the host is longer than TransactionTimeout by this time: it is only the last resort.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // The time after which the server ends the session if it is idle inside a transaction.
    private TimeSpan? MaxIdleTime => !servesHost ? MaxBatchPause
        : services.Context.Options.TransactionTimeout == Timeout.InfiniteTimeSpan ? null
        : services.Context.Options.TransactionTimeout + Grace;

    /// <summary>
    /// Opens a connection. Checks first whether the database still has the last published event, if a check was requested.
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
            if (!servesHost)
                await SessionPurposeLocks.TakeBatchLock(connection, cancellationToken).ConfigureAwait(false);
            isReady = true;
            return connection;
        }
        finally
        {
            if (!isReady)
                await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
