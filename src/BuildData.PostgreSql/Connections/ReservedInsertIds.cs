using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Holds the ids that a session has reserved for its inserts, for each table. Not thread-safe.</summary>
/// <remarks>
/// An id is reserved by taking the next value of the table's id sequence in the database. Then no other session gets the same
/// id.
/// </remarks>
/// <param name="unused">
/// The ids that earlier transactions of this process reserved for inserts but did not use; null for a session that inserts
/// nothing.
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

    /// <summary>
    /// Takes unused ids of this process. If these are not enough, returns a query that reserves more ids in the database.
    /// </summary>
    /// <param name="table">The table into which rows will be inserted.</param>
    /// <param name="count">The number of ids that this object must hold for the table.</param>
    /// <returns>
    /// The query, and the sink that adds the query's ids to this object. The caller must run the query. Null if this object
    /// already holds enough ids.
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

    /// <summary>Moves the ids that a transaction has not used to the unused ids of this process.</summary>
    public void MoveRestToUnused()
    {
        foreach ((string table, Queue<long> ids) in _ids)
            unused?.AddAllFrom(table, ids);
    }

    /// <summary>
    /// Discards all ids. The library calls this method when another server may have taken over, because that server may assign the same ids
    /// again.
    /// </summary>
    public void Clear() => _ids.Clear();
}
