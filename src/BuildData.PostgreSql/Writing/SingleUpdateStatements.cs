using System.Globalization;
using System.Text;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Writing;

/// <summary>Makes the statements of lone callers. The text for each kind of update is put together once.</summary>
internal sealed class SingleUpdateStatements
{
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

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>
    /// Makes one statement of the transaction of a lone caller. It changes one row, if the row has the version that is known, and
    /// numbers and keeps the event. It returns nothing if the row has changed.
    /// </summary>
    /// <param name="write">An UPDATE of the row of the id that is its first parameter. It becomes the statement.</param>
    /// <param name="version">The row's version.</param>
    /// <param name="e">The event.</param>
    /// <param name="at">The time of the transaction.</param>
    /// <param name="master">This process's master.</param>
    public NpgsqlBatchCommand Make(NpgsqlBatchCommand write, long version, StoredEvent e, long at, MasterIdentity master)
    {
        NpgsqlParameterCollection parameters = write.Parameters;
        write.CommandText = Text(write.CommandText, parameters.Count);
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

    private string Text(string update, int parameters)
    {
        if (_texts.TryGetValue(update, out string? text))
            return text;

        int next = parameters + 1;
        text = AppendOneStart + update + string.Format(
            CultureInfo.InvariantCulture, AppendOneEnd, next, next + 1, next + 2, next + 3, next + 4, next + 5, next + 6, next + 7, next + 8);
        _texts.Add(update, text);
        return text;
    }
}
