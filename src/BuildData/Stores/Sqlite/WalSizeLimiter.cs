using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace BuildData.Stores.Sqlite;

/// <summary>Empties the write-ahead log when its size comes near the limit, even if reads overlap all the time.</summary>
/// <remarks>
/// <para>Problem: SQLite copies the log into the database file while updates are written. But SQLite can restart the log from its
/// beginning only at a moment when no connection reads from it. If reads overlap all the time, there is no such moment, and the log
/// grows without bound.</para>
/// <para>Solution: near the limit, this class makes an attempt to empty the log. It pauses the <see cref="ReadGate"/>, and new reads
/// wait. Updates continue. When the current reads have ended, the writer empties the log and resumes the gate.</para>
/// <para>States: <em>idle</em>: the gate is open. <em>Waiting</em>: the gate is paused, and reads are still running. <em>Ready</em>:
/// the gate is paused, and all reads have ended. The last read to end signals the writer's thread, which empties the log.</para>
/// <para>A long read keeps an attempt in the waiting state. After a time limit, the writer resumes the gate without emptying the log.
/// The next attempt begins when the log has grown further. The time limit doubles with each attempt, from 250 ms to 30 s. Therefore
/// short reads rarely wait long for a long read, and the size of the log stays bounded.</para>
/// <para>A transaction of the host program ends an attempt. Otherwise there could be a deadlock: the host's code reads and waits at the
/// gate, the gate waits for the writer, and the writer waits for the host's code.</para>
/// <para>Only the owner of the writer may use the public members (see <see cref="SqliteWriter"/>). The last read to end calls
/// <see cref="OnReadsEnded"/> on its own thread.</para>
/// </remarks>
internal sealed class WalSizeLimiter(SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context) : IDisposable
{
    private static readonly TimeSpan InitialTimeLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxTimeLimit = TimeSpan.FromSeconds(30);

    // Below the limit of the options, because the log grows while current reads end, and its size is not checked after each commit.
    private readonly long _limit = file.Options.LogSizeLimit / 8 * 7;
    private SafeFileHandle? _log;
    private long _threshold = file.Options.LogSizeLimit / 8 * 7;
    private TimeSpan _timeLimit = InitialTimeLimit;
    private long _attemptStart;
    private long _bytesAtLastCheck;
    private bool _hasWarned;

    // The current attempt, and the last attempt whose reads have all ended. The state is ready when both are the same: the end of
    // the reads of an earlier attempt doesn't count.
    private volatile Attempt? _attempt;
    private volatile Attempt? _attemptWithoutReads;

    /// <summary>Gets the function that wakes the writer's thread. The thread then calls <see cref="ContinueAttempt"/>.</summary>
    public required Action WakeWriter { get; init; }

    /// <summary>Gets whether an attempt is running. During an attempt, new reads wait at the gate.</summary>
    public bool IsAttemptRunning => _attempt is not null;

    /// <summary>
    /// Gets whether the current attempt is ready: all reads have ended, and the writer must call <see cref="ContinueAttempt"/>.
    /// </summary>
    public bool HaveReadsEnded => _attempt is { } attempt && attempt == _attemptWithoutReads;

    /// <summary>
    /// Gets how long the writer's thread may wait before it calls <see cref="ContinueAttempt"/>; null if no attempt is running.
    /// </summary>
    public TimeSpan? TimeUntilContinue => !IsAttemptRunning ? null : HaveReadsEnded || RemainingTime < TimeSpan.Zero ? TimeSpan.Zero : RemainingTime;

    private TimeSpan RemainingTime => _timeLimit - Stopwatch.GetElapsedTime(_attemptStart);

    /// <summary>Checks the size of the log, and begins an attempt if the log is too large. Called after each commit.</summary>
    public void CheckSizeAfterCommit()
    {
        // Reading the size of a file makes its next flush slower. So the size is read only once for many commits.
        long written = session.BytesWrittenToLog();
        if (IsAttemptRunning || Math.Abs(written - _bytesAtLastCheck) < _limit / 16)
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
    /// Empties the log and ends the attempt, if all reads have ended. If not, ends the attempt if its time limit has passed.
    /// </summary>
    public void ContinueAttempt()
    {
        if (!IsAttemptRunning)
            return;

        if (HaveReadsEnded)
            TryTruncate();
        else if (RemainingTime <= TimeSpan.Zero)
            Postpone(haveReadsEnded: false);
    }

    /// <summary>Ends the current attempt, if there is one, without emptying the log. Resumes the gate.</summary>
    public void AbandonAttempt()
    {
        if (IsAttemptRunning)
            EndAttempt();
    }

    public void Dispose()
    {
        AbandonAttempt();
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

    /// <summary>Ends the attempt without success. The next attempt begins when the log has grown by another eighth of its limit.</summary>
    /// <param name="haveReadsEnded">
    /// Whether all reads of this process have ended. If so, readers in other processes may have prevented the success, and the log
    /// reports it once.
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

    /// <summary>Restores the first threshold and time limit. Called when the log is small again.</summary>
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

    /// <summary>Identifies one attempt to empty the log.</summary>
    private sealed class Attempt;
}
