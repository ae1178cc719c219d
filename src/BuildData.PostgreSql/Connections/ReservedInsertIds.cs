using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Holds the ids that a session has reserved for the inserts of its transaction. Not thread-safe.</summary>
/// <param name="unused">
/// The ids that earlier transactions of this process have reserved and not used; null for a session that inserts nothing.
/// </param>
internal sealed class ReservedInsertIds(UnusedInsertIds? unused)
{
    private readonly Dictionary<string, Queue<long>> _ids = new(StringComparer.Ordinal);

    /// <summary>Takes the next reserved id of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="id">The id; 0 if none is reserved.</param>
    /// <returns>False if no id is reserved.</returns>
    public bool TryTake(string table, out long id)
    {
        id = 0;
        return _ids.TryGetValue(table, out Queue<long>? ids) && ids.TryDequeue(out id);
    }

    /// <summary>Reserves ids for inserts into a table. Uses unused ids of this process first, which needs no query.</summary>
    /// <param name="table">The table.</param>
    /// <param name="count">The number of ids that must be reserved, including those that are reserved already.</param>
    /// <returns>
    /// The query that reserves the missing ids, and the sink for its result. The caller must run this query. Null if no ids are
    /// missing.
    /// </returns>
    public (SqlBuilder Sql, RowSink Sink)? CreateReservationQuery(string table, int count)
    {
        if (!_ids.TryGetValue(table, out Queue<long>? ids))
            _ids.Add(table, ids = new Queue<long>());

        unused?.TakeLowest(table, count - ids.Count, ids);
        if (ids.Count >= count)
            return null;

        var sql = new SqlBuilder();
        sql.Append($"SELECT nextval(pg_get_serial_sequence({table}, 'id')) FROM generate_series(1, {count - ids.Count})");
        return (sql, new IdEnqueueingSink(ids));
    }

    /// <summary>Moves the remaining ids to the unused ids of the process.</summary>
    public void MoveRestToUnused()
    {
        foreach ((string table, Queue<long> ids) in _ids)
            unused?.AddAllFrom(table, ids);
    }

    /// <summary>Discards all ids. After a failover, the new server may reserve the same ids again.</summary>
    public void Clear() => _ids.Clear();
}
