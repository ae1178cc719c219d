using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Holds the ids that a session has reserved for the inserts of its transaction. Not safe for use by several threads at the same
/// time.
/// </summary>
/// <param name="unused">
/// The ids that earlier transactions of this process have reserved and not used; null for a session that inserts nothing.
/// </param>
internal sealed class ReservedIds(UnusedIds? unused)
{
    private readonly Dictionary<string, Queue<long>> _ids = new(StringComparer.Ordinal);

    /// <summary>Takes the next reserved id of a table.</summary>
    /// <returns>False if no id is reserved.</returns>
    public bool TryTake(string table, out long id)
    {
        id = 0;
        return _ids.TryGetValue(table, out Queue<long>? ids) && ids.TryDequeue(out id);
    }

    /// <summary>Makes sure that a number of ids is reserved, if possible without a query.</summary>
    /// <returns>The query that reserves the missing ids, and the sink that receives them; null if none is missing.</returns>
    public (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count)
    {
        if (!_ids.TryGetValue(table, out Queue<long>? ids))
            _ids.Add(table, ids = new Queue<long>());

        unused?.Take(table, count - ids.Count, ids);
        if (ids.Count >= count)
            return null;

        var sql = new SqlBuilder();
        sql.Append($"SELECT nextval(pg_get_serial_sequence({table}, 'id')) FROM generate_series(1, {count - ids.Count})");
        return (sql, new ReservedIdSink(ids));
    }

    /// <summary>Returns the remaining ids to the unused ids of the process.</summary>
    public void Release()
    {
        foreach ((string table, Queue<long> ids) in _ids)
            unused?.Add(table, ids);
    }

    /// <summary>Discards all ids. After a failover, the new server may reserve them again.</summary>
    public void Clear() => _ids.Clear();
}
