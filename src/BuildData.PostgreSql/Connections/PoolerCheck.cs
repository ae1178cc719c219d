using System.Globalization;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Detects a connection pooler that pools transactions. Such a pooler gives the session of the server to other clients between two
/// transactions, with its locks and settings. This library relies on both, so it refuses to open the store.
/// </summary>
internal static class PoolerCheck
{
    private const int MaxAttempts = 5;

    /// <summary>Checks a connection, and a second one beside it.</summary>
    /// <exception cref="StoreException">The connection leads to a pooler that pools transactions.</exception>
    public static async ValueTask Run(PostgreSqlDatabase database, NpgsqlConnection first, CancellationToken cancellationToken)
    {
        // Without a pooler, the process id that the driver received when it connected is that of the server's session.
        if (await ReadBackendId(first, cancellationToken).ConfigureAwait(false) == first.ProcessID)
            return;

        NpgsqlConnection second = await database.Connect(cancellationToken).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            // A pooler of transactions gives the second client the session that the first one has just released.
            for (int i = 0; i < MaxAttempts; i++)
            {
                int backend = await ReadBackendId(first, cancellationToken).ConfigureAwait(false);
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
