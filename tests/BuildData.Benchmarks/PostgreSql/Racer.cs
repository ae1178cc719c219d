using System.Diagnostics;
using System.Text.Json;

namespace BuildData.Benchmarks;

/// <summary>
/// One of the processes that a race starts: it opens its contender, and for each line on its standard input takes a turn and
/// prints what it counted. It ends with its standard input.
/// </summary>
internal static class Racer
{
    public static async Task Run()
    {
        RacerStart start = Parse<RacerStart>(await Console.In.ReadLineAsync());
        await using IContender contender = await ContenderList.Open(start);
        Func<int, TurnClock, Task> work = await Workloads.Prepare(start, contender);
        await Answer(new Latencies());

        while (await Console.In.ReadLineAsync() is { } line)
        {
            RacerTurn turn = Parse<RacerTurn>(line);
            long now = Stopwatch.GetTimestamp();
            TurnClock[] clocks = [.. Enumerable.Range(0, turn.Callers).Select(_ => new TurnClock(now, turn))];
            await Task.WhenAll(clocks.Select((clock, caller) => Task.Run(() => work(caller, clock))));
            if (turn.ClosesConnections)
                contender.CloseIdleConnections();

            var all = new Latencies();
            foreach (TurnClock clock in clocks)
                all.Add(clock.Latencies);
            await Answer(all);
        }
    }

    private static T Parse<T>(string? line) => JsonSerializer.Deserialize<T>(line!)!;

    private static Task Answer(Latencies latencies) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(latencies.Counts));
}
