using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Writing;

/// <summary>Builds the statements with which a transaction checks cached rows and inserts its events.</summary>
internal static class CommitStatements
{
    // If another process has become this master, the epoch in the table differs. The square root of -1 then makes the statement
    // fail. A transaction draws its ticket after it has locked all rows. So if two transactions write the same row, the one that
    // commits later has the higher ticket.
    private const string Append =
        """
        WITH ticket AS MATERIALIZED (SELECT nextval('event_tickets') AS ticket FROM masters WHERE id = $7 AND sqrt((epoch = $8)::int - 1) = 0),
        appended AS (
            INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
            SELECT t.ticket * 1024 + e.ordinal - 1, $1, e.kind, e.name, e.resource_id, e.resource, e.properties
            FROM ticket AS t, unnest($2, $3, $4, $5, $6) WITH ORDINALITY AS e (kind, name, resource_id, resource, properties, ordinal))
        SELECT ticket, pg_current_xact_id()::xid::text::bigint FROM ticket
        """;

    // Draws several tickets, for more than 1,024 events.
    private const string AppendMany =
        """
        WITH tickets AS MATERIALIZED (
            SELECT array_agg(n.ticket ORDER BY n.ticket) AS tickets
            FROM (SELECT nextval('event_tickets') AS ticket FROM masters, generate_series(1, $9) WHERE id = $7 AND sqrt((epoch = $8)::int - 1) = 0) AS n),
        appended AS (
            INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
            SELECT t.tickets[(e.ordinal - 1) / 1024 + 1] * 1024 + (e.ordinal - 1) % 1024, $1, e.kind, e.name, e.resource_id, e.resource, e.properties
            FROM tickets AS t, unnest($2, $3, $4, $5, $6) WITH ORDINALITY AS e (kind, name, resource_id, resource, properties, ordinal))
        SELECT unnest(tickets), pg_current_xact_id()::xid::text::bigint FROM tickets
        """;

    /// <summary>
    /// Returns the statement that draws tickets and inserts the events of a transaction. A ticket is a number that reserves
    /// 1,024 event numbers for one transaction.
    /// </summary>
    /// <param name="events">The events; at least one.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="master">
    /// The id and the epoch of this process's master. The statement fails if another process has become this master.
    /// </param>
    public static NpgsqlBatchCommand DrawTicketsAndInsertEvents(IReadOnlyList<StoredEvent> events, long at, MasterIdentity master)
    {
        int tickets = TicketSequenceConverter.TicketsNeededFor(events.Count);
        var command = new NpgsqlBatchCommand(tickets == 1 ? Append : AppendMany)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = at },
                new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => e.Kind)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => e.Name)] },
                new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.ResourceId)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => NullCharacterEncoding.Encode(e.Resource))] },
                new NpgsqlParameter<string?[]> { TypedValue = [.. events.Select(e => e.Properties is { } text ? NullCharacterEncoding.Encode(text) : null)] },
                new NpgsqlParameter<long> { TypedValue = master.Id },
                new NpgsqlParameter<long> { TypedValue = master.Epoch },
            },
        };
        if (tickets > 1)
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tickets });
        return command;
    }

    /// <summary>
    /// Returns a statement that locks rows and compares their versions with the cached versions. The statement fails if a version differs,
    /// if a row no longer exists, or if another session has locked a row.
    /// </summary>
    /// <remarks>
    /// The statement counts the unlocked rows that have their cached version. If the count is too low, the statement divides
    /// by zero and therefore fails.
    /// </remarks>
    /// <param name="rows">The cached rows, with their cached versions.</param>
    public static NpgsqlBatchCommand LockAndCheckVersions(RowVersions rows)
    {
        string text = rows.Table switch
        {
            "steps" =>
                """
                SELECT 1 / (count(*) = $3)::int FROM (
                    SELECT FROM unnest($1, $2) AS k (id, version) JOIN steps AS r ON r.id = k.id AND r.xmin = k.version
                    ORDER BY r.id FOR NO KEY UPDATE OF r SKIP LOCKED) AS same
                """,
            "builds" =>
                """
                SELECT 1 / (count(*) = $3)::int FROM (
                    SELECT FROM unnest($1, $2) AS k (id, version) JOIN builds AS r ON r.id = k.id AND r.xmin = k.version
                    ORDER BY r.id FOR NO KEY UPDATE OF r SKIP LOCKED) AS same
                """,
            "logs" =>
                """
                SELECT 1 / (count(*) = $3)::int FROM (
                    SELECT FROM unnest($1, $2) AS k (id, version) JOIN logs AS r ON r.id = k.id AND r.xmin = k.version
                    ORDER BY r.id FOR NO KEY UPDATE OF r SKIP LOCKED) AS same
                """,
            _ => throw new ArgumentException($"Rows of the table '{rows.Table}' are not cached, so they can't be verified.", nameof(rows)),
        };
        return new NpgsqlBatchCommand(text)
        {
            Parameters =
            {
                new NpgsqlParameter<long[]> { TypedValue = [.. rows.Ids] },
                new NpgsqlParameter<uint[]> { TypedValue = [.. rows.Versions.Select(version => (uint)version)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Xid },
                new NpgsqlParameter<long> { TypedValue = rows.Ids.Count },
            },
        };
    }
}
