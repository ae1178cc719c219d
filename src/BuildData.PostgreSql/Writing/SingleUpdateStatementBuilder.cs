using System.Globalization;
using System.Text;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds statements that are a whole transaction: each one updates one row and stores one event. A single caller then needs
/// one statement and one round trip for an update. Not thread-safe.
/// </summary>
/// <remarks>The text for each kind of update is built once.</remarks>
internal sealed class SingleUpdateStatementBuilder
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
    /// Builds a statement that updates a row if the row still has the cached version. The statement then draws a ticket and
    /// stores the event.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence number of the event.
    /// </para>
    /// <para>
    /// The statement returns the ticket and the new version of the row. If the row has another version than the cached one, the
    /// statement changes nothing and returns no row.
    /// </para>
    /// </remarks>
    /// <param name="write">An UPDATE statement whose first parameter is the id of its row. This object is changed and returned.</param>
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
        parameters.Add(new NpgsqlParameter<string> { TypedValue = NullCharacterEncoding.Encode(e.Resource) });
        parameters.Add(e.Properties is { } properties
            ? new NpgsqlParameter<string> { TypedValue = NullCharacterEncoding.Encode(properties) }
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
