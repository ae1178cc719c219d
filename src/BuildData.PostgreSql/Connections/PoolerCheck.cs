using System.Globalization;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Finds out whether a pooler gives the sessions of the server to others between transactions. Then locks and settings of a session
/// would be other programs', and this library can't work.
/// </summary>
internal static class PoolerCheck
{
    private const int Tries = 5;

    /// <exception cref="StoreException">There is such a pooler.</exception>
    public static async ValueTask Run(PostgreSqlDatabase database, NpgsqlConnection first, CancellationToken cancellationToken)
    {
        // A pooler has process ids of its own, or takes turns with those of the server.
        if (await BackendOf(first, cancellationToken).ConfigureAwait(false) == first.ProcessID)
            return;

        NpgsqlConnection second = await database.Connect(cancellationToken).ConfigureAwait(false);
        await using (second.ConfigureAwait(false))
        {
            // In a pool of transactions, the session that the first has just left is the one that the second gets.
            for (int i = 0; i < Tries; i++)
            {
                int backend = await BackendOf(first, cancellationToken).ConfigureAwait(false);
                if (await BackendOf(second, cancellationToken).ConfigureAwait(false) == backend)
                {
                    throw new StoreException(
                        $"The connection to '{database.Name}' leads to a pooler that pools transactions (transaction pooling). It must pool sessions, or be left out.");
                }
            }
        }
    }

    private static async ValueTask<int> BackendOf(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ask = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        await using (ask.ConfigureAwait(false))
            return Convert.ToInt32(await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }
}
