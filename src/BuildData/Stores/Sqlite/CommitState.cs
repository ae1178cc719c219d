namespace BuildData.Stores.Sqlite;

/// <summary>
/// Tracks the writer's commits, so that a reader knows which events its snapshot includes. Readers do not wait for the disk.
/// </summary>
/// <remarks>
/// <para>Between commits: the last sequence number is known, so a reader begins its snapshot under the lock. That takes a few
/// microseconds, and no commit can begin meanwhile.</para>
/// <para>During a commit: the writer calls <see cref="Begin"/> before each commit and <see cref="End"/> after it. It does not hold
/// the lock between the two calls, because a commit may take long. SQLite does not report when the commit becomes visible to
/// readers. So a reader begins its snapshot and reads the position of the event log from it, which shows whether the snapshot
/// includes the commit.</para>
/// <para>A commit changes this position only if events are kept, or if the commit before it was slow (<see cref="IsSlow"/>). Fast
/// commits leave it unchanged, because it would cost each of them a page. Then the reader waits for the end of the commit, without
/// blocking a thread.</para>
/// </remarks>
internal sealed class CommitState
{
    private readonly Lock _lock = new();
    private long _sequence;
    private long _number;
    private bool _isCommitting;
    private Commit _current;
    private TaskCompletionSource? _ended;

    /// <summary>
    /// Gets whether the last commit took so long that readers should not wait for the next one. Only the writer may use this property.
    /// </summary>
    public bool IsSlow { get; private set; }

    /// <summary>Sets the sequence number of the last event.</summary>
    public void Start(long sequence)
    {
        lock (_lock)
            _sequence = sequence;
    }

    /// <summary>Records that a commit begins. Called by the writer.</summary>
    /// <param name="events">The number of events in the transaction.</param>
    /// <param name="changesPosition">Whether the transaction has changed the position of the event log.</param>
    public void Begin(int events, bool changesPosition)
    {
        lock (_lock)
        {
            _current = new Commit(++_number, _sequence, _sequence + events, changesPosition || events == 0);
            _isCommitting = true;
        }
    }

    /// <summary>Records that the commit has ended. Called by the writer.</summary>
    /// <param name="succeeded">Whether the commit has succeeded.</param>
    /// <param name="duration">The duration of the commit.</param>
    public void End(bool succeeded, TimeSpan duration)
    {
        IsSlow = duration > TimeSpan.FromMilliseconds(1);
        TaskCompletionSource? ended;
        lock (_lock)
        {
            _isCommitting = false;
            if (succeeded)
                _sequence = _current.After;
            (ended, _ended) = (_ended, null);
        }

        ended?.TrySetResult();
    }

    /// <summary>Begins a snapshot, unless a commit is in progress.</summary>
    /// <param name="reader">The reader's connection.</param>
    /// <param name="sequence">The sequence number of the last committed event. The snapshot, if begun, includes it.</param>
    /// <returns>The commit in progress; null if the snapshot has begun.</returns>
    public Commit? TryBeginSnapshot(SqliteReadSession reader, out long sequence)
    {
        lock (_lock)
        {
            sequence = _sequence;
            if (_isCommitting)
                return _current;

            reader.BeginSnapshotNow();
            return null;
        }
    }

    /// <summary>Returns whether a commit is still in progress.</summary>
    public bool IsInProgress(Commit commit)
    {
        lock (_lock)
            return _isCommitting && _number == commit.Number;
    }

    /// <summary>Returns a task that completes when a commit has ended.</summary>
    public Task WaitForEnd(Commit commit)
    {
        lock (_lock)
        {
            if (!_isCommitting || _number != commit.Number)
                return Task.CompletedTask;

            _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _ended.Task;
        }
    }

    /// <summary>Represents a commit in progress.</summary>
    /// <param name="Number">The number of the commit, counted from the opening of the store.</param>
    /// <param name="Before">The sequence number of the last event before the commit.</param>
    /// <param name="After">The sequence number of the last event in the commit.</param>
    /// <param name="ChangesPosition">
    /// Whether a snapshot can be begun during the commit: the position of the event log shows whether a snapshot includes the commit, or
    /// the commit has no events.
    /// </param>
    internal readonly record struct Commit(long Number, long Before, long After, bool ChangesPosition);
}
