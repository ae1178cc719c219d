namespace BuildData.Stores.Sqlite;

/// <summary>
/// Tells which events a reader's snapshot includes, without waiting for the disk.
/// </summary>
/// <remarks>
/// <para>The writer calls <see cref="Begin"/> before each commit and <see cref="End"/> after it. Nobody holds the lock between the
/// two calls, because a commit may take long. A reader holds it while it begins a snapshot between two commits, which takes some
/// microseconds, so that no commit comes in between.</para>
/// <para>While a commit is in progress it becomes visible at a moment that is not known. Then the snapshot itself has to tell
/// whether it includes the commit: by the position of the event log, which a commit changes if events are kept, or if the commit
/// before it was slow (<see cref="IsSlow"/>). Where commits take microseconds they leave the position alone, because it would cost
/// each of them a page, and the reader waits for the commit's end instead, without blocking a thread.</para>
/// </remarks>
internal sealed class CommitState
{
    private readonly Lock _lock = new();
    private long _sequence;
    private long _number;
    private bool _isCommitting;
    private Commit _current;
    private TaskCompletionSource? _ended;

    /// <summary>Whether the last commit took so long that a reader should not have to wait for the next. For the writer alone.</summary>
    public bool IsSlow { get; private set; }

    /// <summary>Sets the sequence number of the last event.</summary>
    public void Start(long sequence)
    {
        lock (_lock)
            _sequence = sequence;
    }

    /// <summary>Called by the writer before a commit.</summary>
    /// <param name="events">How many events it brings.</param>
    /// <param name="changesPosition">Whether the position of the event log tells a snapshot whether it includes the commit.</param>
    public void Begin(int events, bool changesPosition)
    {
        lock (_lock)
        {
            _current = new Commit(++_number, _sequence, _sequence + events, changesPosition || events == 0);
            _isCommitting = true;
        }
    }

    /// <summary>Called by the writer after a commit.</summary>
    /// <param name="succeeded">Whether it has succeeded.</param>
    /// <param name="took">How long it took.</param>
    public void End(bool succeeded, TimeSpan took)
    {
        IsSlow = took > TimeSpan.FromMilliseconds(1);
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
    /// <param name="reader">The reader that takes it.</param>
    /// <param name="sequence">The number of the last event that the snapshot includes.</param>
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

    /// <summary>Whether a commit is still in progress.</summary>
    public bool IsInProgress(Commit commit)
    {
        lock (_lock)
            return _isCommitting && _number == commit.Number;
    }

    /// <summary>Waits for the end of a commit.</summary>
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

    /// <summary>A commit in progress.</summary>
    /// <param name="Number">Tells it from others.</param>
    /// <param name="Before">The number of the last event before it.</param>
    /// <param name="After">The number of its last event.</param>
    /// <param name="ChangesPosition">Whether the position of the event log tells a snapshot whether it includes the commit.</param>
    internal readonly record struct Commit(long Number, long Before, long After, bool ChangesPosition);
}
