using System.Data.Common;
using System.Globalization;
using System.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql;

/// <summary>The statements that end a transaction of updates. They are sent together with its writes.</summary>
internal static class CommitSql
{
    // The square root of -1 is an error, which only a process meets that has lost its master's name. Tickets are drawn when all
    // rows are locked: of two transactions that need the same row, the second has the later ticket.
    private const string Append =
        """
        WITH ticket AS MATERIALIZED (SELECT nextval('event_tickets') AS ticket FROM masters WHERE id = $7 AND sqrt((epoch = $8)::int - 1) = 0),
        appended AS (
            INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
            SELECT t.ticket * 1024 + e.ordinal - 1, $1, e.kind, e.name, e.resource_id, e.resource, e.properties
            FROM ticket AS t, unnest($2, $3, $4, $5, $6) WITH ORDINALITY AS e (kind, name, resource_id, resource, properties, ordinal))
        SELECT ticket, pg_current_xact_id()::xid::text::bigint FROM ticket
        """;

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

    private const string AppendOneStart =
        """
        WITH written AS (
        """;

    private static readonly CompositeFormat AppendOneEnd = CompositeFormat.Parse(
        """
         AND xmin = ${0} RETURNING id),
        ticket AS MATERIALIZED (SELECT nextval('event_tickets') AS ticket FROM written, masters WHERE masters.id = ${1} AND sqrt((epoch = ${2})::int - 1) = 0),
        appended AS (
            INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
            SELECT t.ticket * 1024, ${3}, ${4}, ${5}, ${6}, ${7}, ${8} FROM ticket AS t)
        SELECT ticket, pg_current_xact_id()::xid::text::bigint FROM ticket
        """);

    /// <summary>Returns the statement that numbers and keeps a transaction's events.</summary>
    public static NpgsqlBatchCommand AppendEvents(IReadOnlyList<StoredEvent> events, long at, MasterIdentity master)
    {
        int tickets = Tickets.Count(events.Count);
        var command = new NpgsqlBatchCommand(tickets == 1 ? Append : AppendMany)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = at },
                new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => e.Kind)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => e.Name)] },
                new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.ResourceId)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => StoredText.Encode(e.Resource))] },
                new NpgsqlParameter<string?[]> { TypedValue = [.. events.Select(e => e.Properties is { } text ? StoredText.Encode(text) : null)] },
                new NpgsqlParameter<long> { TypedValue = master.Id },
                new NpgsqlParameter<long> { TypedValue = master.Epoch },
            },
        };
        if (tickets > 1)
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tickets });
        return command;
    }

    /// <summary>Returns the statement that fails if a row is locked or has another version.</summary>
    public static NpgsqlBatchCommand Verify(RowVersions rows)
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
            _ => throw new ArgumentException($"Rows of '{rows.Table}' have no versions.", nameof(rows)),
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

    /// <summary>
    /// Makes one statement of the transaction of a lone caller: it changes one row if that has the version that is known, and
    /// numbers and keeps the event. It returns nothing if the row has changed.
    /// </summary>
    /// <param name="write">An UPDATE of the row of the id that is its first parameter. It becomes the statement.</param>
    /// <param name="version">The row's version.</param>
    /// <param name="e">The event.</param>
    /// <param name="at">The time of the transaction.</param>
    /// <param name="master">This process's master.</param>
    public static NpgsqlBatchCommand WriteOne(NpgsqlBatchCommand write, long version, StoredEvent e, long at, MasterIdentity master)
    {
        int next = write.Parameters.Count;
        NpgsqlParameterCollection parameters = write.Parameters;
#pragma warning disable CA2100 // Constants of this library, and numbers of parameters.
        write.CommandText = AppendOneStart + write.CommandText + string.Format(
            CultureInfo.InvariantCulture, AppendOneEnd, next + 1, next + 2, next + 3, next + 4, next + 5, next + 6, next + 7, next + 8, next + 9);
#pragma warning restore CA2100
        parameters.Add(new NpgsqlParameter<uint> { TypedValue = (uint)version, NpgsqlDbType = NpgsqlDbType.Xid });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = master.Id });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = master.Epoch });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = at });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = e.Kind });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = e.Name });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = e.ResourceId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = StoredText.Encode(e.Resource) });
        parameters.Add(e.Properties is { } properties
            ? new NpgsqlParameter<string> { TypedValue = StoredText.Encode(properties) }
            : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return write;
    }

    /// <summary>Takes the tickets of a transaction and the version of the rows that it has written.</summary>
    internal sealed class Numbers : RowSink
    {
        public List<long> Tickets { get; } = new(1);

        public long Version { get; private set; }

        public override void Open(RowParsers parsers)
        {
        }

        public override void Add(DbDataReader row)
        {
            ArgumentNullException.ThrowIfNull(row);
            Tickets.Add(row.GetInt64(0));
            Version = row.GetInt64(1);
        }
    }

    /// <summary>Takes rows that tell nothing.</summary>
    internal sealed class Nothing : RowSink
    {
        public override void Open(RowParsers parsers)
        {
        }

        public override void Add(DbDataReader row)
        {
        }
    }
}
