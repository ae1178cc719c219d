using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Begins transactions that the host program controls. Each transaction has its own connection.</summary>
internal static class HostTransactionStarter
{
    /// <summary>Opens a connection, and begins a transaction on the server.</summary>
    /// <param name="services">The objects that all write connections of this process share.</param>
    /// <param name="onEnded">
    /// The function to call exactly once: when the transaction has ended, or when it could not begin.
    /// </param>
    /// <param name="cancellationToken">Cancels the attempt to begin.</param>
    /// <exception cref="StoreException">The database can't be reached, or has refused a statement.</exception>
    public static async Task<IStoreTransaction> Begin(WriterServices services, Action onEnded, CancellationToken cancellationToken)
    {
        WriteConnection? connection = null;
        try
        {
            connection = await services.Database.RetryOnLostConnection(
                static (services, token) => BeginOn(new WriteConnection(services, runsHostTransaction: true), token), services, cancellationToken).ConfigureAwait(false);
            WriteConnection begun = connection;
            return StoreTransaction.Create(connection, services.Context, async () =>
            {
                await begun.DisposeAsync().ConfigureAwait(false);
                onEnded();
            });
        }
        catch (Exception error)
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            onEnded();
            if (PostgreSqlErrors.IsDatabaseError(error))
                throw services.Database.ToStoreException(error);
            throw;
        }
    }

    private static async ValueTask<WriteConnection> BeginOn(WriteConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Begin(default, waitsForLocks: true, cancellationToken).ConfigureAwait(false);
            await connection.SendBegin(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
