using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Dashboard.Pages;
using BuildData.Queries;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Dashboard.Live;

/// <summary>
/// Streams the last lines of a log of a step, and then each new line until the log is finished. The events are <c>logs</c> with the logs of the step,
/// <c>lines</c>, <c>ping</c>, and <c>end</c>.
/// </summary>
/// <remarks>
/// A client that can't follow the log skips lines: of what has been written meanwhile, it receives the last 1,000 lines. The numbers of the lines show
/// the gap.
/// </remarks>
internal static class LogStream
{
    private const int MostLines = 1_000;
    private const int MostLogs = 50;
    private const int LongestLine = 4_000;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly ResultSpec FirstLogs = new() { Limit = MostLogs };

    /// <summary>Streams a log.</summary>
    /// <param name="context">The request.</param>
    /// <param name="data">The data.</param>
    /// <param name="stepId">The id of the step.</param>
    /// <param name="slug">The slug of the log; null for the first log of the step.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="stopping">Ends the stream when the program stops.</param>
    public static async Task Write(HttpContext context, DataApi data, long stepId, string? slug, TimeProvider clock, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await context.WriteStream(Events(data, stepId, slug, clock, ending.Token)).ConfigureAwait(false);
        }
        catch (Exception) when (ending.IsCancellationRequested)
        {
            // The client has gone, or the program stops.
        }
        catch (Exception e) when (e is BuildDataException or ObjectDisposedException && context.Response.HasStarted)
        {
            // The stream ends without its last event, so the client connects again.
        }
    }

    private static async IAsyncEnumerable<SseItem<byte[]>> Events(
        DataApi data, long stepId, string? slug, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<StepLog> logs = [];
        var finder = new LogFinder(data, stepId, clock);
        await using (finder.ConfigureAwait(false))
        {
            while (true)
            {
                logs = await finder.Read(FirstLogs, cancellationToken).ConfigureAwait(false);
                yield return new SseItem<byte[]>(WriteLogs(logs), "logs");
                if (logs.Count > 0 || finder.IsStepComplete)
                    break;
                while (!await finder.WaitForChange(cancellationToken).ConfigureAwait(false))
                    yield return PageStream.Ping(clock.GetUtcNow());
            }
        }

        StepLog? log = slug is null ? (logs.Count == 0 ? null : logs[0]) : logs.FirstOrDefault(log => log.Slug == slug);
        if (log is not null && log.Type != LogType.Removed)
        {
            await foreach (SseItem<byte[]> item in Lines(data, log, clock, cancellationToken).ConfigureAwait(false))
                yield return item;
        }

        yield return new SseItem<byte[]>(ApiJson.CreateObject(json => json.WriteFlag("removed", log?.Type == LogType.Removed)), "end");
    }

    private static async IAsyncEnumerable<SseItem<byte[]>> Lines(DataApi data, StepLog log, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<LogLine> last = await data.Logs.Last(log.LogId, MostLines, cancellationToken).ConfigureAwait(false);
        yield return new SseItem<byte[]>(WriteLines(last, log.Type), "lines");

        var waiting = new Queue<LogLine>();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<LogLine> tail = data.Logs.Tail(log.LogId, last.Count == 0 ? 0 : last[^1].Number + 1, cancellationToken).GetAsyncEnumerator(reading.Token);
        await using (tail.ConfigureAwait(false))
        {
            Task<bool> next = tail.MoveNextAsync().AsTask();
            try
            {
                while (true)
                {
                    if (!await PageStream.WaitOrPing(next, clock, cancellationToken).ConfigureAwait(false))
                    {
                        yield return PageStream.Ping(clock.GetUtcNow());
                        continue;
                    }

                    bool isAtEnd = false;
                    while (next.IsCompleted && !isAtEnd)
                    {
                        isAtEnd = !await next.ConfigureAwait(false);
                        if (isAtEnd)
                            break;
                        if (waiting.Count == MostLines)
                            waiting.Dequeue();
                        waiting.Enqueue(tail.Current);
                        next = tail.MoveNextAsync().AsTask();
                    }

                    if (waiting.Count > 0)
                        yield return new SseItem<byte[]>(WriteLines(waiting, log.Type), "lines");
                    if (isAtEnd)
                        yield break;
                    waiting.Clear();
                    await Task.Delay(ShortestPause, clock, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                // An enumerator must not be disposed while it moves.
                await reading.CancelAsync().ConfigureAwait(false);
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static byte[] WriteLogs(IReadOnlyList<StepLog> logs) => ApiJson.CreateObject(json =>
    {
        json.WriteStartArray("logs");
        foreach (StepLog log in logs)
        {
            json.WriteStartObject();
            json.WriteNumber("id", log.LogId);
            json.WriteString("name", PartJson.Cut(log.Name));
            json.WriteString("slug", log.Slug);
            json.WriteNumber("lines", log.NumLines);
            json.WriteFlag("removed", log.Type == LogType.Removed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    // Each line is a text. The first character is the stream: o, e or h.
    private static byte[] WriteLines(IReadOnlyCollection<LogLine> lines, LogType type) => ApiJson.CreateObject(json =>
    {
        json.WriteNumber("first", lines.Count == 0 ? 0 : lines.First().Number);
        json.WriteStartArray("lines");
        foreach (LogLine line in lines)
            json.WriteStringValue(Show(line.Text, type));
        json.WriteEndArray();
    });

    private static string Show(string line, LogType type)
    {
        string text = AnsiText.Strip(type == LogType.Stdio ? line : "o" + line).TrimEnd('\r');
        if (text.Length == 0)
            return "o";
        return text.Length <= LongestLine ? text : text[..(char.IsHighSurrogate(text[LongestLine - 1]) ? LongestLine - 1 : LongestLine)] + "…";
    }
}
