using System.Text.Json;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers.Streams;

/// <summary>
/// Reads logs as the dashboard shows them: the last lines, and then each new one until the end. None of them is so long that lines may be
/// skipped.
/// </summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
/// <param name="book">The logs.</param>
internal sealed class LogStreamFollower(CheckRun run, Random random, LogBook book) : IFollower
{
    private const int MostCallsItWaits = 25;

    private long _log;
    private long _next;
    private bool _hasEnded;

    public string Describe() => $"The stream of the log {_log} waits for the line {_next}.";

    public async Task Follow(Sitting sitting)
    {
        using HttpClient client = FollowersHost.CreateClient(sitting.Address);
        while (!sitting.IsClosing)
        {
            bool isLast = sitting.Quiet.IsCompleted;
            try
            {
                if (await FollowLog(client, sitting) && isLast)
                    return;
                if (!isLast)
                    await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            }
            catch (Exception error) when (error is HttpRequestException or IOException or ObjectDisposedException)
            {
                if (!sitting.IsClosing)
                    throw sitting.Unexpected(Describe(), error);
            }
        }
    }

    /// <summary>Reads a log, and returns whether it came to its end.</summary>
    private async Task<bool> FollowLog(HttpClient client, Sitting sitting)
    {
        DataApi data = sitting.Masters[0].Data;
        if (book.Choose(random) is not { } id)
            return false;
        if (await data.Get<StepLog>($"/logs/{id}") is not { Type: not LogType.Removed } log)
            return true;
        (_log, _next, _hasEnded) = (id, 0, false);
        if (await StreamRequest.Open(client, $"{FollowersHost.Dashboard}/data/steps/{log.StepId}/log?log={log.Slug}") is not var (response, items))
            throw new ViolationException($"{Describe()} But there is no such stream.");
        using (response)
        {
            FollowEnd end = await FollowLoop.Read(items, sitting, random.Next(3) == 0 ? random.Next(1, 8) : int.MaxValue, item => Receive(item.EventType, item.Data), _ => ValueTask.FromResult(_hasEnded));
            if (end == FollowEnd.Left || sitting.IsClosing)
                return false;
        }

        StepLog? now = await data.Get<StepLog>($"/logs/{id}");
        if (now is not null && (!_hasEnded || !now.Complete || now.NumLines != _next))
            throw new ViolationException($"{Describe()} But it has ended, and the log is {now}.");
        run.Count("streams of logs that came to the end");
        return true;
    }

    private ValueTask Receive(string kind, string text)
    {
        JsonElement message = JsonElement.Parse(text);
        if (kind == "end")
            _hasEnded = true;
        if (kind != "lines")
            return ValueTask.CompletedTask;
        long number = message.GetProperty("first").GetInt64();
        foreach (JsonElement line in message.GetProperty("lines").EnumerateArray())
        {
            if (number++ != _next || line.GetString() != $"o{NumberedLine.Text(_next)}")
                throw new ViolationException($"{Describe()} It was given the line {number - 1}: '{line}'.");
            _next++;
            run.Count("lines that streams of logs received");
        }

        return ValueTask.CompletedTask;
    }
}
