using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>What another process does that is about to commit: it has written an event with a ticket of its own.</summary>
internal static class UnfinishedUpdate
{
    // The last event once more, but with another state.
    private const string Begin =
        """
        BEGIN;
        INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
        SELECT nextval('event_tickets') * 1024, at, kind, name, resource_id, replace(resource, 'first', 'drawn'), properties
        FROM events WHERE kind = 'step' AND name = 'updated' ORDER BY sequence DESC LIMIT 1
        """;

    /// <summary>Begins the transaction. The caller commits it, or rolls it back by closing the connection.</summary>
    public static async Task<NpgsqlConnection> Start(PostgreSqlTestStore store)
    {
        var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync(Begin);
        return connection;
    }
}
