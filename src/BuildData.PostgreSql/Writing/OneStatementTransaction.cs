using System.Globalization;
using System.Text;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Represents a transaction that consists of a single statement. The statement updates one row and inserts one event. Such a transaction
/// needs only one round trip. Not thread-safe.
/// </summary>
/// <remarks>
/// The command and its parameters are created once for each kind of update, and get new values for each transaction. The driver stores in
/// the command how the connection has prepared it. Therefore the command must be used with one connection only.
/// </remarks>
internal sealed class OneStatementTransaction
{
    private const string Start =
        """
        WITH written AS (
        """;

    private static readonly CompositeFormat EndFormat = CompositeFormat.Parse(
        """
         AND xmin = ${0} RETURNING id)
        INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
        SELECT nextval('event_tickets') * 1024, ${3}, ${4}, ${5}, ${6}, ${7}, ${8}
        FROM written, masters WHERE masters.id = ${1} AND sqrt((epoch = ${2})::int - 1) = 0
        RETURNING sequence / 1024, pg_current_xact_id()::xid::text::bigint
        """);

    private readonly NpgsqlBatchCommand _command;
    private readonly NpgsqlParameter[] _values;
    private readonly SqlValueKind[] _kinds;
    private readonly NpgsqlParameter<uint> _cachedVersion = new() { NpgsqlDbType = NpgsqlDbType.Xid };
    private readonly NpgsqlParameter<long> _masterId = new();
    private readonly NpgsqlParameter<long> _epoch = new();
    private readonly NpgsqlParameter<long> _transactionTime = new();
    private readonly NpgsqlParameter<string> _kind = new();
    private readonly NpgsqlParameter<string> _name = new();
    private readonly NpgsqlParameter<long> _resourceId = new();
    private readonly NpgsqlParameter<string> _resource = new();
    private readonly NpgsqlParameter _properties = new() { NpgsqlDbType = NpgsqlDbType.Text };

    /// <param name="update">An UPDATE of one row. Its first parameter is the id of the row.</param>
    public OneStatementTransaction(UnsentStatement update)
    {
        int next = update.Values.Length + 1;
        _command = new NpgsqlBatchCommand(Start + update.Text + string.Format(
            CultureInfo.InvariantCulture, EndFormat, next, next + 1, next + 2, next + 3, next + 4, next + 5, next + 6, next + 7, next + 8));
        _command.Parameters.AddValues(update.Values);
        _values = [.. _command.Parameters.Cast<NpgsqlParameter>()];
        _kinds = Array.ConvertAll(update.Values, static value => value.Kind);
        _command.Parameters.AddRange((NpgsqlParameter[])[_cachedVersion, _masterId, _epoch, _transactionTime, _kind, _name, _resourceId, _resource, _properties]);
    }

    /// <summary>Returns whether the command has parameters for values of these kinds.</summary>
    /// <param name="values">The values of an update with the same text.</param>
    public bool CanHold(SqlValue[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Kind != _kinds[i])
                return false;
        }

        return true;
    }

    /// <summary>
    /// Sets the values of the transaction, and returns its command. The command runs the update, draws a ticket and inserts an event. The
    /// command changes nothing if the version of the row in the database differs from the cached version.
    /// </summary>
    /// <remarks>
    /// The command returns the ticket and the new version of the row. If the command has changed nothing, it returns no row. A ticket is a
    /// number that reserves 1,024 event numbers for one transaction.
    /// </remarks>
    /// <param name="values">The values of the update, for which <see cref="CanHold"/> returns true.</param>
    /// <param name="cachedVersion">The cached version of the row.</param>
    /// <param name="storedEvent">The event.</param>
    /// <param name="transactionTime">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="master">The id and the epoch of this process's master.</param>
    /// <returns>The command. The next call of this method changes it.</returns>
    public NpgsqlBatchCommand SetValues(SqlValue[] values, long cachedVersion, StoredEvent storedEvent, long transactionTime, MasterIdentity master)
    {
        for (int i = 0; i < values.Length; i++)
            _values[i].SetValue(values[i]);
        _cachedVersion.TypedValue = (uint)cachedVersion;
        _masterId.TypedValue = master.Id;
        _epoch.TypedValue = master.Epoch;
        _transactionTime.TypedValue = transactionTime;
        _kind.TypedValue = storedEvent.Kind;
        _name.TypedValue = storedEvent.Name;
        _resourceId.TypedValue = storedEvent.ResourceId;
        _resource.TypedValue = NullCharacterEncoding.Encode(storedEvent.Resource);
        _properties.Value = storedEvent.Properties is { } properties ? NullCharacterEncoding.Encode(properties) : DBNull.Value;
        return _command;
    }
}
