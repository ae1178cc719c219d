using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>Records the statements that reads send to another store.</summary>
/// <param name="store">The other store, which must be open.</param>
internal sealed class RecordingStore(IStore store) : IStore
{
    private readonly List<IReadOnlyList<(string Text, IReadOnlyList<object?> Values)>> _roundTrips = [];

    /// <summary>Gets the statements that were sent together, for each round trip.</summary>
    public IReadOnlyList<IReadOnlyList<(string Text, IReadOnlyList<object?> Values)>> RoundTrips => _roundTrips;

    /// <summary>Gets all statements.</summary>
    public IEnumerable<(string Text, IReadOnlyList<object?> Values)> Statements => _roundTrips.SelectMany(statements => statements);

    /// <summary>Gets how many of the statements were sent in a snapshot.</summary>
    public int StatementsInSnapshots { get; private set; }

    /// <summary>Gets how many snapshots were begun and ended.</summary>
    public int Snapshots { get; private set; }

    public Task Open(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<TResult> Read<TState, TResult>(Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        store.Read((session, args, token) => read(new RecordingSession(session, this), args, token), state, cancellationToken);

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Write(StoreUpdate update, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MakeDurable(CancellationToken cancellationToken) => store.MakeDurable(cancellationToken);

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class RecordingSession(ReadSession session, RecordingStore store) : ReadSession
    {
        private bool _isInSnapshot;

        public override SqlDialect Dialect => session.Dialect;

        public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
        {
            Record([sql]);
            return session.Query(sql, sink, cancellationToken);
        }

        public override ValueTask QueryAll(IReadOnlyList<(SqlBuilder Sql, RowSink Sink)> queries, CancellationToken cancellationToken)
        {
            Record(queries.Select(query => query.Sql));
            return session.QueryAll(queries, cancellationToken);
        }

        public override ValueTask BeginSnapshot(CancellationToken cancellationToken)
        {
            _isInSnapshot = true;
            return session.BeginSnapshot(cancellationToken);
        }

        public override ValueTask EndSnapshot()
        {
            _isInSnapshot = false;
            store.Snapshots++;
            return session.EndSnapshot();
        }

        private void Record(IEnumerable<SqlBuilder> statements)
        {
            (string, IReadOnlyList<object?>)[] sent = [.. statements.Select(sql => (sql.Text.ToString(), Values(sql)))];
            store._roundTrips.Add(sent);
            if (_isInSnapshot)
                store.StatementsInSnapshots += sent.Length;
        }

        private static List<object?> Values(SqlBuilder sql)
        {
            var values = new List<object?>();
            foreach (SqlValue value in sql.Values)
                values.Add(value.Kind switch { SqlValueKind.Number => value.Number, SqlValueKind.Text => value.Text, _ => null });
            return values;
        }
    }
}
