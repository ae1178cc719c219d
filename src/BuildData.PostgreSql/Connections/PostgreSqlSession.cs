using System.Data;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Runs statements on a connection with as few round trips as possible. Not thread-safe.</summary>
/// <remarks>
/// <para>
/// <see cref="Unsent"/> collects statements without results. The session sends them together with the next query or with the
/// commit, in the same round trip. If one of these statements fails, that query or commit throws the error.
/// </para>
/// <para>
/// The first query of a transaction also begins the transaction on the server. A transaction without queries needs only the round trip of
/// its commit.
/// </para>
/// </remarks>
/// <param name="unusedInsertIds">
/// The ids that earlier transactions of this process reserved for inserts but did not use; null for a session that inserts
/// nothing.
/// </param>
internal sealed class PostgreSqlSession(UnusedInsertIds? unusedInsertIds = null) : WriteSession
{
    private readonly QueryTextCache _texts = new();
    private bool _hasFailed;
    private long _writes;

    public override SqlDialect Dialect => PostgreSqlDialect.Instance;

    public override long WriteCount => _writes;

    /// <summary>Gets or sets the connection; null while there is none.</summary>
    public NpgsqlConnection? Connection { get; set; }

    /// <summary>
    /// Gets the object that waits for the server's answers while the server works on the statements. If null, the driver's command timeout
    /// limits the wait.
    /// </summary>
    public ServerResponseWaiter? ServerResponseWaiter { get; init; }

    /// <summary>
    /// Gets whether the session switches off the driver's command timeout. A caller that limits the wait for answers itself sets this to
    /// true.
    /// </summary>
    public bool DisablesCommandTimeout { get; init; }

    /// <summary>Gets the statements that have been added but not sent.</summary>
    public UnsentStatements Unsent { get; } = new();

    /// <summary>Gets the ids that are reserved for inserts of this session.</summary>
    public ReservedInsertIds ReservedInsertIds { get; } = new(unusedInsertIds);

    public override ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        _writes++;
        Unsent.Add(sql, values.ToArray());
        return ValueTask.CompletedTask;
    }

    public override ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values)
    {
        SqlValue[] idAndValues = [0, .. values];
        return ReservedInsertIds.TryTake(table, out long reserved) ? new ValueTask<long>(Add(reserved)) : ReserveThenAdd();

        long Add(long value)
        {
            _writes++;
            idAndValues[0] = value;
            Unsent.Add(sql, idAndValues);
            return value;
        }

        async ValueTask<long> ReserveThenAdd()
        {
            // No query is needed if an earlier transaction has left an id unused.
            if (Reserve(table, 1) is var (query, sink))
                await Query(query, sink, CancellationToken.None).ConfigureAwait(false);
            return ReservedInsertIds.TryTake(table, out long added)
                ? Add(added)
                : throw new InvalidOperationException($"The server has reserved no id for the table '{table}'.");
        }
    }

    public override (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count) => ReservedInsertIds.CreateReservationQuery(table, count);

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken) =>
        QueryAll([(sql, sink)], cancellationToken);

    public override ValueTask QueryAll(IReadOnlyList<(SqlBuilder Sql, RowSink Sink)> queries, CancellationToken cancellationToken)
    {
        int firstQueries = Unsent.AddBegin();
        var sinks = new (RowParsers, RowSink)[firstQueries + queries.Count];
        for (int i = 0; i < firstQueries; i++)
            sinks[i] = (new RowParsers(), new DiscardingSink());
        for (int i = firstQueries; i < sinks.Length; i++)
        {
            (SqlBuilder sql, RowSink sink) = queries[i - firstQueries];
            (string text, RowParsers parsers) = _texts.GetOrAdd(sql);
            var command = new NpgsqlBatchCommand(text);
            command.Parameters.AddValues(sql.Values);
            Unsent.Add(command);
            sinks[i] = (parsers, sink);
        }

        return SendAndRead(sinks, cancellationToken);
    }

    public override ValueTask BeginSnapshot(CancellationToken cancellationToken)
    {
        Unsent.Add("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        return ValueTask.CompletedTask;
    }

    public override async ValueTask EndSnapshot()
    {
        // COMMIT also ends a transaction in which a statement has failed.
        Unsent.Clear();
        if (Connection!.State != ConnectionState.Open)
            return;

        Unsent.Add("COMMIT");
        await Send(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Sends the unsent statements, and waits for the answer.</summary>
    public ValueTask Send(CancellationToken cancellationToken) =>
        Unsent.Count == 0 ? ValueTask.CompletedTask : SendAndRead([], cancellationToken);

    /// <summary>Sends the unsent statements, and passes the rows of their results to sinks.</summary>
    /// <param name="sinks">The objects that receive the rows: one for each statement that returns a result, in order.</param>
    public ValueTask SendAndRead(params RowSink[] sinks) =>
        SendAndRead(Array.ConvertAll(sinks, static sink => (new RowParsers(), sink)), CancellationToken.None);

    /// <summary>
    /// Makes the driver forget its prepared statements, if a statement has failed since the last call of this method.
    /// </summary>
    /// <remarks>
    /// The driver sends several statements in one message. If a statement fails, the server skips all later statements of the message. The
    /// driver may regard a skipped statement as prepared, although the server has not prepared it.
    /// </remarks>
    public void UnprepareAfterFailure()
    {
        // The driver has no asynchronous method for this.
        if (_hasFailed)
            Connection!.UnprepareAll();
        _hasFailed = false;
    }

    private async ValueTask SendAndRead((RowParsers Parsers, RowSink Sink)[] sinks, CancellationToken cancellationToken)
    {
        // The driver would throw InvalidOperationException, which callers don't take for a lost connection.
        if (Connection!.State != ConnectionState.Open)
            throw new NpgsqlException("The connection was lost before the statements could be sent.");

        NpgsqlBatch batch = Connection.CreateBatch();
        Unsent.MoveTo(batch);
        try
        {
            Task answer = Run(batch, sinks, cancellationToken);
            if (ServerResponseWaiter is null || answer.IsCompleted)
                await answer.ConfigureAwait(false);
            else
                await ServerResponseWaiter.WaitWhileServerWorks(answer, Connection.ProcessID).ConfigureAwait(false);
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    private async Task Run(NpgsqlBatch batch, (RowParsers Parsers, RowSink Sink)[] sinks, CancellationToken cancellationToken)
    {
        await using (batch.ConfigureAwait(false))
        {
            // A command timeout would cancel the statement. If a commit is cancelled, the server keeps the commit, but no longer
            // waits until replicas have it.
            if (ServerResponseWaiter is not null || DisablesCommandTimeout)
                batch.Timeout = 0;

            NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new TextDecodingRowReader(reader);
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
}
