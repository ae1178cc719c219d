using BuildData.PostgreSql.Writing;
using BuildData.Stores;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// A connection without a server. At random, another session has locked a row or a table. All methods let other threads run, as waits for a
/// server do.
/// </summary>
internal sealed class FakeConnection : BatchConnection
{
    private readonly Func<int, int> _choose;

    /// <param name="choose">Returns a number from 0 that is less than the argument. If it is 0, a row or table is locked.</param>
    /// <param name="context">The context of the store.</param>
    public FakeConnection(Func<int, int> choose, StoreContext context)
    {
        _choose = choose;
        UpdateContext = new UpdateContext(new FakeSession(), context, masterId: 1);
    }

    public override UpdateContext UpdateContext { get; }

    public override bool UsesSavepointPerUpdate => false;

    /// <summary>Gets whether the connection is closed.</summary>
    public bool IsDisposed { get; private set; }

    public override async ValueTask Begin(TableSet tables, bool waitsForLocks, CancellationToken cancellationToken)
    {
        ScenarioRun.Require(!IsDisposed, "A batch runs on a closed connection.");
        UpdateContext.Begin();
        await Task.Yield();
        if (!tables.IsEmpty && !waitsForLocks && _choose(4) == 0)
            throw new TableLockedException();
    }

    public override async ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(ArraySegment<StoreUpdate> updates, bool waitsForLocks)
    {
        await Task.Yield();
        return waitsForLocks ? [] : [.. updates.Where(_ => _choose(5) == 0)];
    }

    public override async ValueTask Commit()
    {
        await Task.Yield();
        UpdateContext.OnCommitted(0);
    }

    public override async ValueTask Rollback()
    {
        await Task.Yield();
        UpdateContext.OnRolledBack(0);
    }

    public override ValueTask BeginSavepoint() => throw new NotSupportedException();

    public override ValueTask ReleaseSavepoint() => throw new NotSupportedException();

    public override ValueTask RollbackToSavepoint() => throw new NotSupportedException();

    public override bool IsDatabaseError(Exception error) => error is TableLockedException;

    public override Exception Wrap(Exception error) => error;

    public override async ValueTask<Recovery> Recover(Exception error, FailedAttempt attempt)
    {
        await Rollback();
        return error is TableLockedException ? Recovery.RunByTables : Recovery.Fail(error);
    }

    public override async ValueTask DisposeAsync()
    {
        ScenarioRun.Require(!IsDisposed, "A connection is closed twice.");
        IsDisposed = true;
        await Task.Yield();
    }

    private sealed class TableLockedException : Exception;

    private sealed class FakeSession : WriteSession
    {
        public override long WriteCount => 0;

        public override SqlDialect Dialect { get; } = new();

        public override ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values) => throw new NotSupportedException();

        public override ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values) => throw new NotSupportedException();

        public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask BeginSnapshot(CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask EndSnapshot() => throw new NotSupportedException();
    }
}
