using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>
/// Follows one log after the other with <c>Tail</c>, from the beginning or from the middle, leaves, and continues with the next line, also
/// after the master was opened again.
/// </summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
/// <param name="book">The logs.</param>
internal sealed class TailFollower(CheckRun run, Random random, LogBook book) : IFollower
{
    private const int MostLinesBeforeItLeaves = 100;
    private const int MostCallsItWaits = 25;

    private long? _log;
    private long _next;

    /// <summary>Gets or sets what is done with a line that has arrived; false drops it. Only tests of the check use it.</summary>
    public Func<LogLine, bool> Accepts { get; set; } = _ => true;

    public string Describe() => $"The tail of the log {_log} waits for the line {_next}.";

    public async Task Follow(Sitting sitting)
    {
        while (!sitting.IsClosing)
        {
            bool isLast = sitting.Quiet.IsCompleted;
            try
            {
                if (_log is null && !ChooseLog())
                    await sitting.Progress.After(1);
                else
                    await FollowLog(sitting);

                // Logs that are already finished are read fast. The load must have time to write new ones.
                if (_log is null && !isLast)
                    await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            }
            catch (ObjectDisposedException) when (sitting.IsClosing)
            {
                return;
            }

            if (isLast && _log is null)
                return;
        }
    }

    private bool ChooseLog()
    {
        _log = book.Choose(random);
        _next = random.Next(3) == 0 ? random.Next(150) : 0;
        return _log is not null;
    }

    private async Task FollowLog(Sitting sitting)
    {
        Master master = sitting.Choose(random);
        try
        {
            FollowEnd end = await FollowLoop.Read(
                master.Data.Logs.Tail(_log!.Value, _next), sitting, random.Next(3) == 0 ? random.Next(1, MostLinesBeforeItLeaves) : int.MaxValue,
                line => Receive(sitting, line), _ => ValueTask.FromResult(false));
            if (end == FollowEnd.StreamEnded)
                await CompareEnd(master);
        }
        catch (Exception error) when (error is ResourceNotFoundException or LogContentRemovedException)
        {
            await CompareRemoval(master, error);
        }
        catch (Exception error) when (error is not (ViolationException or ObjectDisposedException))
        {
            throw sitting.Unexpected(Describe(), error);
        }
    }

    private async ValueTask Receive(Sitting sitting, LogLine line)
    {
        if (!Accepts(line))
            return;
        if (line.Number != _next || line.Text != NumberedLine.Text(_next))
            throw new ViolationException($"{Describe()} It was given the line {line.Number}: '{line.Text}'.");
        _next++;
        run.Count("lines that tails received");
        if (random.Next(50) == 0)
            await sitting.Progress.After(random.Next(1, MostCallsItWaits));
    }

    private async Task CompareEnd(Master master)
    {
        StepLog? log = await master.Data.Get<StepLog>($"/logs/{_log!.Value}");

        // The log may have been removed since.
        if (log is not null && (!log.Complete || log.NumLines > _next))
            throw new ViolationException($"{Describe()} But it has ended, and the log is {log}.");
        run.Count("tails that came to the end of a log");
        _log = null;
    }

    private async Task CompareRemoval(Master master, Exception error)
    {
        StepLog? log = await master.Data.Get<StepLog>($"/logs/{_log!.Value}");
        if (error is LogContentRemovedException ? log is { Type: not LogType.Removed } : log is not null)
            throw new ViolationException($"{Describe()} It failed with {error}, but the log is {log}.");
        run.Count("tails whose log was removed");
        _log = null;
    }
}
