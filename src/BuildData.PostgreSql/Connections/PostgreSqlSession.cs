using System.Data;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// A connection at work. What is executed waits until something is asked or the transaction is committed, and goes along in the
/// same round trip. A transaction begins with the first query: one that asks for nothing needs no round trip but that of its commit.
/// </summary>
internal sealed class PostgreSqlSession(IdReservations? pool = null) : WriteSession
{
    private const int Capacity = 500;

    private readonly Dictionary<string, (string Text, RowParsers Parsers)> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<long>> _ids = new(StringComparer.Ordinal);
    private readonly List<NpgsqlBatchCommand> _waiting = [];
    private bool _hasFailed;

    public override SqlDialect Dialect => PostgreSqlDialect.Instance;

    /// <summary>The connection that it has at present.</summary>
    public NpgsqlConnection? Connection { get; set; }

    /// <summary>How many statements that change something have been given.</summary>
    public long Writes { get; private set; }

    /// <summary>Waits for answers for as long as the server works for them; null where the driver's time limit is enough.</summary>
    public ResponseWaiter? ResponseWaiter { get; init; }

    /// <summary>Whether its owner limits how long it waits, so that the driver need not.</summary>
    public bool HasOwnLimit { get; init; }

    /// <summary>What begins a transaction, statement by statement; null where queries need none.</summary>
    public IReadOnlyList<string>? Opening { get; set; }

    /// <summary>
    /// Returns what has to be checked before the first writes are sent, once; null if nothing has. Each statement returns rows that
    /// tell nothing.
    /// </summary>
    public Func<IReadOnlyList<NpgsqlBatchCommand>>? Checks { get; set; }

    /// <summary>Whether the transaction has begun on the database.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The statements that wait.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Waiting => _waiting;

    /// <summary>Begins the transaction, if it has not begun, in front of what waits.</summary>
    /// <returns>How many checks come before what waits.</returns>
    public int EnsureBegun()
    {
        if (HasBegun || Opening is not { } opening)
            return 0;

        HasBegun = true;
        IReadOnlyList<NpgsqlBatchCommand> checks = Checks?.Invoke() ?? [];
        _waiting.InsertRange(0, [.. opening.Select(statement => new NpgsqlBatchCommand(statement)), .. checks]);
        return checks.Count;
    }

    /// <summary>Notes that the transaction has ended on the database.</summary>
    public void Ended() => HasBegun = false;

    /// <summary>Lets a statement go along with what comes next.</summary>
    public void Add(string sql) => _waiting.Add(new NpgsqlBatchCommand(sql));

    public void Add(NpgsqlBatchCommand command) => _waiting.Add(command);

    /// <summary>Lets statements go in front of what waits.</summary>
    public void AddFirst(IEnumerable<NpgsqlBatchCommand> commands) => _waiting.InsertRange(0, commands);

    /// <summary>Forgets what is reserved: another server may give it to others.</summary>
    public void ForgetIds()
    {
        _ids.Clear();
        pool?.Clear();
    }

    /// <summary>Gives back the ids that were reserved and not taken.</summary>
    public void ReturnIds()
    {
        foreach ((string table, Queue<long> ids) in _ids)
            pool?.Return(table, ids);
    }

    /// <summary>
    /// Lets the driver forget what it has prepared, if a statement failed: of those that went along with it, the driver takes
    /// some for prepared that the server has never seen. It has no asynchronous call for this.
    /// </summary>
    public void Unprepare()
    {
        if (_hasFailed)
            Connection!.UnprepareAll();
        _hasFailed = false;
    }

    /// <summary>Forgets what waits.</summary>
    public void DropWaiting() => _waiting.Clear();

    public override ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        Writes++;
        var command = new NpgsqlBatchCommand(sql);
        AddValues(command.Parameters, values);
        Add(command);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        var id = new NpgsqlParameter<long>();
        command.Parameters.Add(id);
        AddValues(command.Parameters, values);
        if (_ids.TryGetValue(table, out Queue<long>? ids) && ids.TryDequeue(out long reserved))
            return new ValueTask<long>(Add(reserved));
        return Ask();

        long Add(long value)
        {
            Writes++;
            id.TypedValue = value;
            _waiting.Add(command);
            return value;
        }

        async ValueTask<long> Ask()
        {
            // One may be left over, for which nobody has to be asked.
            if (Reserve(table, 1) is var (ask, sink))
                await Query(ask, sink, CancellationToken.None).ConfigureAwait(false);
            return Add(_ids[table].Dequeue());
        }
    }

    public override (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count)
    {
        if (!_ids.TryGetValue(table, out Queue<long>? ids))
            _ids.Add(table, ids = new Queue<long>());

        pool?.Take(table, count - ids.Count, ids);
        if (ids.Count >= count)
            return null;

        var sql = new SqlBuilder();
        sql.Append($"SELECT nextval(pg_get_serial_sequence({table}, 'id')) FROM generate_series(1, {count - ids.Count})");
        return (sql, new ReservedIdSink(ids));
    }

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken) =>
        QueryAll([(sql, sink)], cancellationToken);

    public override ValueTask QueryAll(IReadOnlyList<(SqlBuilder Sql, RowSink Sink)> queries, CancellationToken cancellationToken)
    {
        int checks = EnsureBegun();
        var sinks = new (RowParsers, RowSink)[checks + queries.Count];
        for (int i = 0; i < checks; i++)
            sinks[i] = (new RowParsers(), new DiscardingSink());
        for (int i = checks; i < sinks.Length; i++)
        {
            (SqlBuilder sql, RowSink sink) = queries[i - checks];
            (string text, RowParsers parsers) = Keep(sql);
            var command = new NpgsqlBatchCommand(text);
            AddValues(command.Parameters, sql.Values);
            Add(command);
            sinks[i] = (parsers, sink);
        }

        return Read(sinks, cancellationToken);
    }

    public override ValueTask BeginSnapshot(CancellationToken cancellationToken)
    {
        Add("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        return ValueTask.CompletedTask;
    }

    public override async ValueTask EndSnapshot()
    {
        // A failed statement has left the snapshot of no use; COMMIT ends it just as well.
        DropWaiting();
        if (Connection!.State != ConnectionState.Open)
            return;

        Add("COMMIT");
        await Flush(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Sends what waits.</summary>
    public ValueTask Flush(CancellationToken cancellationToken) => _waiting.Count == 0 ? ValueTask.CompletedTask : Read([], cancellationToken);

    /// <summary>Sends what waits. Each of the sinks takes the rows of a statement that returns some.</summary>
    public ValueTask FlushAndRead(IReadOnlyList<RowSink> sinks) =>
        Read([.. sinks.Select(sink => (new RowParsers(), sink))], CancellationToken.None);

    private async ValueTask Read(IReadOnlyList<(RowParsers Parsers, RowSink Sink)> sinks, CancellationToken cancellationToken)
    {
        // To the driver it is a mistake to use a connection that it has found lost.
        if (Connection!.State != ConnectionState.Open)
            throw new NpgsqlException("The connection was lost before.");

        NpgsqlBatch batch = Connection.CreateBatch();
        foreach (NpgsqlBatchCommand command in _waiting)
            batch.BatchCommands.Add(command);
        _waiting.Clear();
        try
        {
            Task answer = Read(batch, sinks, cancellationToken);
            if (ResponseWaiter is null || answer.IsCompleted)
                await answer.ConfigureAwait(false);
            else
                await ResponseWaiter.Wait(answer, Connection.ProcessID).ConfigureAwait(false);
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    private async Task Read(NpgsqlBatch batch, IReadOnlyList<(RowParsers Parsers, RowSink Sink)> sinks, CancellationToken cancellationToken)
    {
        await using (batch.ConfigureAwait(false))
        {
            // The server would keep a commit that is cancelled, and not wait for its replicas.
            if (ResponseWaiter is not null || HasOwnLimit)
                batch.Timeout = 0;

            NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new DecodingRowReader(reader);
                foreach ((RowParsers parsers, RowSink sink) in sinks)
                {
                    sink.Open(parsers.On(rows));
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        sink.Add(rows);
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private (string Text, RowParsers Parsers) Keep(SqlBuilder sql)
    {
        if (_kept.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out (string, RowParsers) kept))
            return kept;

        if (_kept.Count >= Capacity)
            _kept.Clear();
        string text = sql.Text.ToString();
        kept = (text, new RowParsers());
        _kept.Add(text, kept);
        return kept;
    }

    private static void AddValues(NpgsqlParameterCollection parameters, ReadOnlySpan<SqlValue> values)
    {
        foreach (SqlValue value in values)
        {
            parameters.Add(value.Kind switch
            {
                SqlValueKind.Number => new NpgsqlParameter<long> { TypedValue = value.Number },
                SqlValueKind.Text => new NpgsqlParameter<string> { TypedValue = TextEncoding.Encode(value.Text!) },
                _ => new NpgsqlParameter { Value = DBNull.Value },
            });
        }
    }
}
