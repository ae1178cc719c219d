using System.Data;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Runs statements on a connection with as few round trips as possible. Not safe for use by several threads at the same time.
/// </summary>
/// <remarks>
/// <para>
/// Statements that return nothing are collected. They are sent together with the next query or with the commit, in the same round
/// trip. If one of them fails, that query or commit fails.
/// </para>
/// <para>
/// The transaction begins on the server with the first query. A transaction without queries needs only the round trip of its commit.
/// </para>
/// </remarks>
internal sealed class PostgreSqlSession(IdReservations? pool = null) : WriteSession
{
    private const int MaxTexts = 500;

    private readonly Dictionary<string, (string Text, RowParsers Parsers)> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<long>> _ids = new(StringComparer.Ordinal);
    private readonly List<NpgsqlBatchCommand> _unsent = [];
    private bool _hasFailed;
    private long _writes;

    public override SqlDialect Dialect => PostgreSqlDialect.Instance;

    /// <summary>Gets or sets the connection; null while there is none.</summary>
    public NpgsqlConnection? Connection { get; set; }

    public override long Writes => _writes;

    /// <summary>
    /// Gets the object that waits for answers while the server works on them; null to use the driver's command timeout.
    /// </summary>
    public ResponseWaiter? ResponseWaiter { get; init; }

    /// <summary>Gets whether the caller limits the wait for answers, so that the driver's command timeout is switched off.</summary>
    public bool HasOwnLimit { get; init; }

    /// <summary>Gets or sets the statements that begin a transaction; null where queries need no transaction.</summary>
    public IReadOnlyList<string>? Opening { get; set; }

    /// <summary>
    /// Gets or sets a function that returns the statements that verify cached rows; null for none. They are sent once, behind the
    /// statements that begin the transaction and before its first writes. Each returns a result, which is ignored.
    /// </summary>
    public Func<IReadOnlyList<NpgsqlBatchCommand>>? Checks { get; set; }

    /// <summary>Gets whether the statements that begin the transaction have been added or sent.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Gets the statements that have been added but not sent.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Unsent => _unsent;

    /// <summary>Adds the statements that begin the transaction before the unsent ones, unless it has begun.</summary>
    /// <returns>The number of verifying statements that were added, each of which returns a result.</returns>
    public int EnsureBegun()
    {
        if (HasBegun || Opening is not { } opening)
            return 0;

        HasBegun = true;
        IReadOnlyList<NpgsqlBatchCommand> checks = Checks?.Invoke() ?? [];
        _unsent.InsertRange(0, [.. opening.Select(statement => new NpgsqlBatchCommand(statement)), .. checks]);
        return checks.Count;
    }

    /// <summary>Records that the transaction has ended on the server.</summary>
    public void SetEnded() => HasBegun = false;

    /// <summary>Adds a statement, to be sent with the next round trip.</summary>
    public void Add(string sql) => _unsent.Add(new NpgsqlBatchCommand(sql));

    /// <summary>Adds a statement with parameters, to be sent with the next round trip.</summary>
    public void Add(NpgsqlBatchCommand command) => _unsent.Add(command);

    /// <summary>Adds statements before the unsent ones.</summary>
    public void AddFirst(IEnumerable<NpgsqlBatchCommand> commands) => _unsent.InsertRange(0, commands);

    /// <summary>Discards all reserved ids. After a failover, the new server may reserve them again.</summary>
    public void ForgetIds()
    {
        _ids.Clear();
        pool?.Clear();
    }

    /// <summary>Returns unused ids to the process's reservations.</summary>
    public void ReturnIds()
    {
        foreach ((string table, Queue<long> ids) in _ids)
            pool?.Return(table, ids);
    }

    /// <summary>
    /// Discards the driver's prepared statements if a statement has failed. Of the statements that were sent with it, the driver
    /// regards some as prepared that the server has skipped. The driver has no asynchronous method for this.
    /// </summary>
    public void Unprepare()
    {
        if (_hasFailed)
            Connection!.UnprepareAll();
        _hasFailed = false;
    }

    /// <summary>Discards the unsent statements.</summary>
    public void DiscardUnsent() => _unsent.Clear();

    public override ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        _writes++;
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
        return ReserveThenAdd();

        long Add(long value)
        {
            _writes++;
            id.TypedValue = value;
            _unsent.Add(command);
            return value;
        }

        async ValueTask<long> ReserveThenAdd()
        {
            // Without a query, there was an unused id of an earlier transaction.
            if (Reserve(table, 1) is var (query, sink))
                await Query(query, sink, CancellationToken.None).ConfigureAwait(false);
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
            (string text, RowParsers parsers) = GetText(sql);
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
        // COMMIT also ends a transaction in which a statement has failed.
        DiscardUnsent();
        if (Connection!.State != ConnectionState.Open)
            return;

        Add("COMMIT");
        await Send(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Sends the unsent statements, and waits for the answer.</summary>
    public ValueTask Send(CancellationToken cancellationToken) => _unsent.Count == 0 ? ValueTask.CompletedTask : Read([], cancellationToken);

    /// <summary>Sends the unsent statements, and reads their results.</summary>
    /// <param name="sinks">One sink for each statement that returns a result, in order.</param>
    public ValueTask SendAndRead(IReadOnlyList<RowSink> sinks) =>
        Read([.. sinks.Select(sink => (new RowParsers(), sink))], CancellationToken.None);

    private async ValueTask Read(IReadOnlyList<(RowParsers Parsers, RowSink Sink)> sinks, CancellationToken cancellationToken)
    {
        // The driver would throw InvalidOperationException, which callers don't take for a lost connection.
        if (Connection!.State != ConnectionState.Open)
            throw new NpgsqlException("The connection was lost before the statements could be sent.");

        NpgsqlBatch batch = Connection.CreateBatch();
        foreach (NpgsqlBatchCommand command in _unsent)
            batch.BatchCommands.Add(command);
        _unsent.Clear();
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
            // A command timeout would cancel the statement. The server keeps a commit that is cancelled, but doesn't wait for
            // replicas.
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

    private (string Text, RowParsers Parsers) GetText(SqlBuilder sql)
    {
        if (_texts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out (string, RowParsers) cached))
            return cached;

        if (_texts.Count >= MaxTexts)
            _texts.Clear();
        string text = sql.Text.ToString();
        cached = (text, new RowParsers());
        _texts.Add(text, cached);
        return cached;
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
