using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Tests;

/// <summary>A connection without a database. Records the steps of transactions, and lets chosen steps fail.</summary>
internal sealed class RecordingConnection : StoreConnection
{
    private readonly Session _session = new();
    private readonly Queue<(string Step, Exception Error)> _failures = new();

    public RecordingConnection(Telemetry telemetry)
    {
        var events = new EventHub(ResourceTypes.Catalog, telemetry, 1000, readOnlyStore: null, new LastPublicEventCursorTracker(static (_, _) => default, static _ => { }));
        Context = new StoreContext(new BuildDataOptions(), events, telemetry, MasterTable.CreateHeartbeatUpdate);
        UpdateContext = new UpdateContext(_session, Context, masterId: 1);
    }

    public StoreContext Context { get; }

    public override UpdateContext UpdateContext { get; }

    public override bool UsesSavepointPerUpdate => UsesSavepoints;

    /// <summary>Gets the steps, and the names of the updates that ran.</summary>
    public List<string> Steps { get; } = [];

    /// <summary>Gets the names of the events of committed transactions.</summary>
    public List<string> Committed { get; } = [];

    /// <summary>Gets the tables and whether to wait, for each transaction.</summary>
    public List<(TableSet Tables, bool Waits)> Begun { get; } = [];

    /// <summary>Gets the attempts that have failed.</summary>
    public List<(Exception Error, FailedAttempt Attempt)> Failed { get; } = [];

    /// <summary>Gets what happens after the failed attempts, one after the other.</summary>
    public Queue<Recovery> Recoveries { get; } = new();

    public bool UsesSavepoints { get; init; }

    public bool HasConflicts { get; init; }

    /// <summary>Gets the updates whose rows another transaction has locked.</summary>
    public List<StoreUpdate> Blocked { get; } = [];

    /// <summary>Makes the next step of a kind fail.</summary>
    public void Fail(string step, Exception error) => _failures.Enqueue((step, error));

    /// <summary>Writes in the current transaction.</summary>
    public void Write() => _session.Write();

    /// <summary>Makes an update that announces an event with its name, may write, and fails if an error is given.</summary>
    public UpdateCall<int, int> NewUpdate(
        string name, bool writes = true, Func<Exception?>? fails = null, bool isSlow = false, Action<PrefetchPlan, int>? plan = null) =>
        new(
            async (context, _) =>
            {
                Steps.Add(name);
                if (isSlow)
                    await Task.Yield();
                if (writes)
                    Write();
                context.Announce(ResourceTypes.Catalog.All[0], name, new object(), 1);
                return fails?.Invoke() is { } error ? throw error : 0;
            },
            0,
            plan);

    public override ValueTask Begin(TableSet tables, bool waitsForLocks, CancellationToken cancellationToken)
    {
        Begun.Add((tables, waitsForLocks));
        Record("begin");
        UpdateContext.Begin();
        return default;
    }

    public override ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(ArraySegment<StoreUpdate> updates, bool waitsForLocks)
    {
        Record(waitsForLocks ? "wait" : "prefetch");
        return new([.. updates.Intersect(Blocked)]);
    }

    public override ValueTask Commit()
    {
        Record("commit");
        Committed.AddRange(UpdateContext.TakeEvents().Events.Select(e => e.Name));
        return default;
    }

    public override ValueTask Rollback()
    {
        Record("rollback");
        UpdateContext.OnRolledBack(0);
        return default;
    }

    public override ValueTask BeginSavepoint()
    {
        Record("savepoint");
        return default;
    }

    public override ValueTask ReleaseSavepoint()
    {
        Record("release");
        return default;
    }

    public override ValueTask RollbackToSavepoint()
    {
        Record("undo");
        return default;
    }

    public override bool IsDatabaseError(Exception error) => error is DatabaseException;

    public override bool IsConflict(Exception error) => HasConflicts;

    public override Exception Wrap(Exception error) => error is DatabaseException ? new StoreException("wrapped", error) : error;

    public override ValueTask<Recovery> Recover(Exception error, FailedAttempt attempt)
    {
        Failed.Add((error, attempt));
        Record("recover");
        UpdateContext.OnRolledBack(0);
        return new(Recoveries.Dequeue());
    }

    private void Record(string step)
    {
        Steps.Add(step);
        if (_failures.TryPeek(out (string Step, Exception Error) failure) && failure.Step == step)
        {
            _failures.Dequeue();
            throw failure.Error;
        }
    }

    /// <summary>An error of the database.</summary>
    internal sealed class DatabaseException() : Exception("the database failed");

    private sealed class Session : WriteSession
    {
        private long _writes;

        public override SqlDialect Dialect { get; } = new();

        public override long WriteCount => _writes;

        public void Write() => _writes++;

        public override ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values) => throw new NotSupportedException();

        public override ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values) => throw new NotSupportedException();

        public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask BeginSnapshot(CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask EndSnapshot() => throw new NotSupportedException();
    }
}
