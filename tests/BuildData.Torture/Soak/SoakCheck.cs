using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Soak.Lanes;
using BuildData.Torture.Soak.Measuring;
using BuildData.Torture.Soak.Stores;

namespace BuildData.Torture.Soak;

/// <summary>
/// Uses a store for hours in the way of a program that runs for years: everything comes and goes. What such a program holds must stay bounded.
/// </summary>
/// <param name="settings">The pace.</param>
/// <param name="more">Lanes beside the usual ones.</param>
internal sealed class SoakCheck(SoakSettings settings, params IReadOnlyList<Lane> more) : ICheck
{
    private const int Projects = 4;
    private const int CallersOfEach = 2;

    public string Name => "soak";

    public string Description =>
        $"Memory, files, threads and times stay bounded while everything comes and goes, with sqlite or postgresql (--only). A round is a reading of all gauges, every {settings.SampleTime.TotalSeconds} s. A useful run lasts two hours.";

    public async Task Run(CheckRun run)
    {
        await using SoakStore store = run.Settings.Only switch
        {
            null or "sqlite" => new SqliteSoakStore(),
            "postgresql" => new PostgreSqlSoakStore(await PostgreSqlServer.Start(durable: false)),
            _ => throw new ArgumentException($"There is no part '{run.Settings.Only}'. The parts are sqlite, which is the default, and postgresql."),
        };
        await using (SoakHost host = await SoakHost.Start(store, settings))
        {
            var world = new SoakWorld(run, settings, store, host);
            var monitor = new GaugeMonitor([.. world.UpdateTimes.Gauges, .. store.Gauges, .. ProcessGauges.Create(settings.MemoryTolerance)]);
            await UseAndMeasure(world, monitor);
        }

        if (await store.FindFault() is { } fault)
            throw run.Violation(fault);
    }

    private async Task UseAndMeasure(SoakWorld world, GaugeMonitor monitor)
    {
        CheckRun run = world.Run;
        var follower = new FollowerLane();
        using var end = new CancellationTokenSource();
        Task[] running = [.. CreateLanes(follower).Select((lane, i) =>
        {
            Random random = run.Random(i);
            return Task.Run(() => lane.Run(world, random, end.Token));
        })];
        await Measure(world, monitor, running);
        await end.CancelAsync();
        await Task.WhenAll(running);

        foreach (string line in monitor.Summary())
            run.Print(line);
        IReadOnlyList<string> growth = monitor.FindGrowth();
        if (growth.Count > 0)
            throw run.Violation(string.Join('\n', growth));
        if (await follower.FindDifference(world) is { } difference)
            throw run.Violation($"Events and tables differ.\n{difference}");
        if (world.Host.TakeErrors() is { Length: > 0 } errors)
            throw run.Violation($"Errors were logged, though nothing is wrong: {errors}");
    }

    private async Task Measure(SoakWorld world, GaugeMonitor monitor, Task[] running)
    {
        TimeSpan printed = TimeSpan.Zero;
        while (world.Run.Begin(out _))
        {
            await Task.Delay(settings.SampleTime);
            if (running.FirstOrDefault(lane => lane.IsFaulted) is { } failed)
                await failed;
            TimeSpan now = world.Run.Elapsed;
            monitor.Read(now);
            if (now - printed < settings.PrintTime)
                continue;
            printed = now;
            world.Run.Print($"{now:hh\\:mm\\:ss} {monitor.LastReadings()}");
        }
    }

    private List<Lane> CreateLanes(FollowerLane follower)
    {
        List<Lane> lanes =
        [
            follower, new FarmLane(0), new FarmLane(1), new JanitorLane(), new PruneLane(), new ReaderLane(), new ReaderLane(), new LogReaderLane(), new SubscriberLane(),
            new SubscriberLane(), new WatchLane(), new WatchLane(), new HttpLane(), new HttpLane(), new OtherMastersLane(), new CopyLane(), .. more,
        ];
        for (int i = 0; i < Projects; i++)
        {
            var known = new Known($"p{i}");
            lanes.AddRange(Enumerable.Range(0, CallersOfEach).Select(_ => new ProjectLane(known)));
        }

        return lanes;
    }
}
