using System.Globalization;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Detects connections that lead to a connection pooler in transaction pooling mode.</summary>
/// <remarks>
/// In this mode, a pooler lends a server session to a client for one transaction only. Afterwards another client can get the session. This
/// library needs the locks and the settings of a session for longer than one transaction.
/// </remarks>
internal static class TransactionPoolerDetector
{
    private const int MaxAttempts = 5;

    /// <summary>Throws an exception if a connection leads to a connection pooler in transaction pooling mode.</summary>
    /// <remarks>
    /// If the connection leads to a pooler of any mode, this method opens a second connection. A pooler in transaction pooling
    /// mode lends the same session of the server to both connections in turn.
    /// </remarks>
    /// <param name="database">The database.</param>
    /// <param name="connectionToCheck">The connection to check.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="StoreException">The connection leads to a pooler in transaction pooling mode.</exception>
    public static async ValueTask ThrowIfPoolsTransactions(PostgreSqlDatabase database, NpgsqlConnection connectionToCheck, CancellationToken cancellationToken)
    {
        // Without a pooler, the process id that the driver received when it connected is that of the server's session.
        if (await ReadBackendId(connectionToCheck, cancellationToken).ConfigureAwait(false) == connectionToCheck.ProcessID)
            return;

        NpgsqlConnection second = await database.Connect(cancellationToken).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            // In transaction pooling mode, the second connection gets the session that the first connection has just released.
            for (int i = 0; i < MaxAttempts; i++)
            {
                int backend = await ReadBackendId(connectionToCheck, cancellationToken).ConfigureAwait(false);
                if (await ReadBackendId(second, cancellationToken).ConfigureAwait(false) == backend)
                {
                    throw new StoreException(
                        $"The connection to '{database.Name}' leads to a pooler in transaction pooling mode. Use session pooling, or connect to the server directly.");
                }
            }
        }
    }

    private static async ValueTask<int> ReadBackendId(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        await using (command.ConfigureAwait(false))
            return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }
}
