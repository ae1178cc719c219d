using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace BuildData.Stores.Sqlite;

/// <summary>Empties SQLite's write-ahead log when the size of the log comes near a limit. Works even if reads overlap all the time.</summary>
/// <remarks>
/// <para>Problem: SQLite appends updates to the log, and later copies them into the database file. SQLite can start again at the beginning of
/// the log only while no connection reads the log. If reads overlap all the time, this never happens, and the log grows without limit.</para>
/// <para>Solution: near the limit, this class starts an <em>attempt</em> to empty the log. The class pauses the <see cref="ReadGate"/>.
/// Every new read must enter this gate. So new reads now wait, but updates continue. When all current reads have ended, the writer's thread
/// empties the log and resumes the gate. Then the waiting reads continue.</para>
/// <para>States: <em>idle</em>: no attempt is running, and the gate is open. <em>Waiting</em>: the gate is paused, and some reads are still
/// running. <em>Ready</em>: the gate is paused, and all reads have ended. The read that ends last wakes the writer's thread. The writer's
/// thread then empties the log.</para>
/// <para>Time limit: one long read keeps the attempt waiting. When the time limit has passed, the writer's thread ends the attempt without
/// emptying the log, and resumes the gate. The next attempt begins when the log has grown by another eighth of the limit. Each attempt that
/// fails doubles the time limit of the next attempt, from 250 ms up to 30 s. So new reads rarely wait long for a long read, and the size of the
/// log stays bounded.</para>
/// <para>Deadlock: when the host program begins a transaction, the current attempt ends. Otherwise a read of the host program, inside the
/// transaction, could wait at the gate. The gate would wait for the writer's thread, and the writer's thread would wait for the host
/// program to end the transaction.</para>
/// <para>Threads: only the thread that owns the writer may use the public members (see <see cref="SqliteWriter"/>). The thread of the read that
/// ends last calls <see cref="OnReadsEnded"/>.</para>
/// </remarks>
internal sealed class WalSizeLimiter(SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context) : IDisposable
{
    private static readonly TimeSpan InitialTimeLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxTimeLimit = TimeSpan.FromSeconds(30);

    // Less than the limit in the options: the log still grows while an attempt waits for reads, and its size is not read after each commit.
    private readonly long _limit = file.Options.LogSizeLimit / 8 * 7;
    private SafeFileHandle? _log;
    private long _threshold = file.Options.LogSizeLimit / 8 * 7;
    private TimeSpan _timeLimit = InitialTimeLimit;
    private long _attemptStart;
    private long _bytesAtLastCheck;
    private bool _hasWarned;

    // The current attempt, and the last attempt whose reads have all ended. The state is ready only if both are the same object: the
    // reads of an earlier attempt can end late, and must not make the current attempt ready.
    private volatile Attempt? _attempt;
    private volatile Attempt? _attemptWithoutReads;

    /// <summary>
    /// Gets a function that wakes the writer's thread. The writer's thread then calls <see cref="ContinueTruncationAttempt"/>. That method
    /// may empty the write-ahead log.
    /// </summary>
    public required Action WakeWriter { get; init; }

    /// <summary>Gets whether an attempt to empty the write-ahead log is running. Meanwhile, all new reads must wait.</summary>
    public bool IsTruncationAttemptRunning => _attempt is not null;

    /// <summary>
    /// Gets whether all reads that delay the current attempt to empty the write-ahead log have ended. If so, the writer's thread must call
    /// <see cref="ContinueTruncationAttempt"/>. False if no attempt is running.
    /// </summary>
    public bool HaveReadsEnded => _attempt is { } attempt && attempt == _attemptWithoutReads;

    /// <summary>
    /// Gets the time until the writer's thread must call <see cref="ContinueTruncationAttempt"/>. Null if no attempt to empty the write-ahead log is
    /// running.
    /// </summary>
    public TimeSpan? TimeUntilAttemptMustContinue => !IsTruncationAttemptRunning ? null : HaveReadsEnded || RemainingTime < TimeSpan.Zero ? TimeSpan.Zero : RemainingTime;

    private TimeSpan RemainingTime => _timeLimit - Stopwatch.GetElapsedTime(_attemptStart);

    /// <summary>
    /// Checks the size of the write-ahead log. Begins an attempt to empty the log if the log is too large. The writer calls this method after
    /// each commit.
    /// </summary>
    public void CheckSizeAfterCommit()
    {
        // Reading the size of a file makes its next flush slower. So the size is read only once for many commits.
        long written = session.BytesWrittenToLog();
        if (IsTruncationAttemptRunning || Math.Abs(written - _bytesAtLastCheck) < _limit / 16)
            return;

        _bytesAtLastCheck = written;
        long size = ReadLogSize();
        if (size <= _limit)
            ForgetEarlierAttempts();
        if (size <= _threshold)
            return;

        var attempt = new Attempt();
        _attempt = attempt;
        _attemptStart = Stopwatch.GetTimestamp();
        gate.Pause(() => OnReadsEnded(attempt));
        WakeWriter();
    }

    /// <summary>
    /// Continues the attempt to empty the write-ahead log, if an attempt is running. If all reads have ended, tries to empty the log, and ends
    /// the attempt. If reads are still running, ends the attempt only when its time limit has passed.
    /// </summary>
    public void ContinueTruncationAttempt()
    {
        if (!IsTruncationAttemptRunning)
            return;

        if (HaveReadsEnded)
            TryTruncate();
        else if (RemainingTime <= TimeSpan.Zero)
            Postpone(haveReadsEnded: false);
    }

    /// <summary>
    /// Ends the attempt to empty the write-ahead log, if an attempt is running. Leaves the log unchanged, and lets the waiting reads continue.
    /// </summary>
    public void AbandonTruncationAttempt()
    {
        if (IsTruncationAttemptRunning)
            EndAttempt();
    }

    public void Dispose()
    {
        AbandonTruncationAttempt();
        _log?.Dispose();
        _log = null;
    }

    private void OnReadsEnded(Attempt attempt)
    {
        _attemptWithoutReads = attempt;
        WakeWriter();
    }

    private void TryTruncate()
    {
        try
        {
            if (session.TryTruncateLog())
            {
                ForgetEarlierAttempts();
                EndAttempt();
                return;
            }
        }
        catch (SqliteException error)
        {
            context.Telemetry.LogWalNotEmptied(file.Path, error);
        }

        Postpone(haveReadsEnded: true);
    }

    /// <summary>
    /// Ends an attempt that has failed to empty the write-ahead log. The next attempt begins when the log has grown by another eighth of the
    /// limit.
    /// </summary>
    /// <param name="haveReadsEnded">
    /// Whether all reads of this process had ended when the attempt failed. If true, reads of other processes have probably prevented
    /// success. The class logs one warning about this.
    /// </param>
    private void Postpone(bool haveReadsEnded)
    {
        long size = ReadLogSize();
        _threshold = size + (_limit / 8);
        _timeLimit = _timeLimit * 2 < MaxTimeLimit ? _timeLimit * 2 : MaxTimeLimit;
        if (haveReadsEnded && !_hasWarned)
        {
            _hasWarned = true;
            context.Telemetry.LogWalIsTooLarge(file.Path, size, file.Options.LogSizeLimit);
        }

        EndAttempt();
    }

    /// <summary>
    /// Resets two values that failed attempts have increased: the size of the write-ahead log that starts an attempt, and the time limit of
    /// an attempt. Called when the log is small again.
    /// </summary>
    private void ForgetEarlierAttempts()
    {
        _threshold = _limit;
        _timeLimit = InitialTimeLimit;
        _hasWarned = false;
    }

    private void EndAttempt()
    {
        _attempt = null;
        gate.Resume();
    }

    private long ReadLogSize()
    {
        try
        {
            // The handle is kept open, because reading the size by name costs much more.
            _log ??= File.OpenHandle(file.WriteAheadLogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.GetLength(_log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The update is committed and must not fail for this. A later commit reads the size again.
            return 0;
        }
    }

    /// <summary>Identifies one attempt to empty the write-ahead log.</summary>
    private sealed class Attempt;
}
