using System.Globalization;
using System.Text;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds statements that are a whole transaction: one update of one row, with its event. So a single caller needs one round trip
/// and one statement. The text for each kind of update is built once. Not safe for use by several threads at the same time.
/// </summary>
internal sealed class SingleUpdateStatements
{
    private const string Start =
        """
        WITH written AS (
        """;

    private static readonly CompositeFormat EndFormat = CompositeFormat.Parse(
        """
         AND xmin = ${0} RETURNING id),
        ticket AS MATERIALIZED (SELECT nextval('event_tickets') AS ticket FROM written, masters WHERE masters.id = ${1} AND sqrt((epoch = ${2})::int - 1) = 0),
        appended AS (
            INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
            SELECT t.ticket * 1024, ${3}, ${4}, ${5}, ${6}, ${7}, ${8} FROM ticket AS t)
        SELECT ticket, pg_current_xact_id()::xid::text::bigint FROM ticket
        """);

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>
    /// Builds the statement. It updates the row if it still has the cached version, draws a ticket and stores the event. It
    /// returns the ticket, or no row if the row has another version.
    /// </summary>
    /// <param name="write">An UPDATE statement whose first parameter is the id of its row. It is changed and returned.</param>
    /// <param name="version">The cached version of the row.</param>
    /// <param name="e">The event.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="master">This process's master.</param>
    public NpgsqlBatchCommand Build(NpgsqlBatchCommand write, long version, StoredEvent e, long at, MasterIdentity master)
    {
        NpgsqlParameterCollection parameters = write.Parameters;
        write.CommandText = GetText(write.CommandText, parameters.Count);
        parameters.Add(new NpgsqlParameter<uint> { TypedValue = (uint)version, NpgsqlDbType = NpgsqlDbType.Xid });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = master.Id });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = master.Epoch });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = at });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = e.Kind });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = e.Name });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = e.ResourceId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = TextEncoding.Encode(e.Resource) });
        parameters.Add(e.Properties is { } properties
            ? new NpgsqlParameter<string> { TypedValue = TextEncoding.Encode(properties) }
            : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return write;
    }

    private string GetText(string update, int parameters)
    {
        if (_texts.TryGetValue(update, out string? text))
            return text;

        int next = parameters + 1;
        text = Start + update + string.Format(
            CultureInfo.InvariantCulture, EndFormat, next, next + 1, next + 2, next + 3, next + 4, next + 5, next + 6, next + 7, next + 8);
        _texts.Add(update, text);
        return text;
    }
}
