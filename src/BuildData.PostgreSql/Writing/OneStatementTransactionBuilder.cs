using System.Globalization;
using System.Text;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds transactions that consist of a single statement. The statement updates one row and inserts one event. Such a transaction needs
/// only one round trip. Not thread-safe.
/// </summary>
/// <remarks>The builder caches the SQL text of each kind of update.</remarks>
internal sealed class OneStatementTransactionBuilder
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
    /// Extends an UPDATE statement, so that the statement also draws a ticket and inserts an event. The statement changes
    /// nothing if the version of the row in the database differs from the cached version.
    /// </summary>
    /// <remarks>
    /// The statement returns the ticket and the new version of the row. If the statement has changed nothing, it returns no row. A ticket
    /// is a number that reserves 1,024 event numbers for one transaction.
    /// </remarks>
    /// <param name="update">
    /// An UPDATE of one row. Its first parameter is the id of the row. The method changes this object and returns it.
    /// </param>
    /// <param name="cachedVersion">The cached version of the row.</param>
    /// <param name="storedEvent">The event.</param>
    /// <param name="transactionTime">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="master">The id and the epoch of this process's master.</param>
    public NpgsqlBatchCommand Build(NpgsqlBatchCommand update, long cachedVersion, StoredEvent storedEvent, long transactionTime, MasterIdentity master)
    {
        NpgsqlParameterCollection parameters = update.Parameters;
        update.CommandText = GetText(update.CommandText, parameters.Count);
        parameters.Add(new NpgsqlParameter<uint> { TypedValue = (uint)cachedVersion, NpgsqlDbType = NpgsqlDbType.Xid });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = master.Id });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = master.Epoch });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = transactionTime });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = storedEvent.Kind });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = storedEvent.Name });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = storedEvent.ResourceId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = NullCharacterEncoding.Encode(storedEvent.Resource) });
        parameters.Add(storedEvent.Properties is { } properties
            ? new NpgsqlParameter<string> { TypedValue = NullCharacterEncoding.Encode(properties) }
            : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return update;
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
