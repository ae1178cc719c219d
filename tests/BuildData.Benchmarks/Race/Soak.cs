using System.Diagnostics;

namespace BuildData.Benchmarks;

/// <summary>Writes with 64 callers, finishing builds and beginning new ones, reads and follows, and prints the heap as time goes by.</summary>
internal static class Soak
{
    public static async Task Run(TimeSpan length)
    {
        await using Database database = await Database.Make(64);
        await using Master master = await Master.Open(database.ConnectionString);
        DataApi data = master.Data;
        long start = Stopwatch.GetTimestamp();
        bool GoOn() => Stopwatch.GetElapsedTime(start) < length;
        long updates = 0;
        long reads = 0;
        long events = 0;

        Task[] followers = [.. Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            await foreach (DataEvent _ in data.Events.Subscribe(i == 0 ? "/steps/*" : $"/builds/{i}/steps/*"))
                Interlocked.Increment(ref events);
        }))];
        Task[] writers = [.. Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            var own = new OwnSteps(data.Updates);
            long build = caller + 1;
            while (GoOn())
            {
                int cycles = 0;
                long current = build;
                Interlocked.Add(ref updates, await own.Run(() => current, () => cycles++ < 10));
                await data.Updates.FinishBuild(build, BuildResult.Success);
                AddBuildResult next = await data.Updates.AddBuild(1, (await data.Get<Build>($"/builds/{build}"))!.BuildRequestId);
                build = next.BuildId;
                Interlocked.Increment(ref reads);
            }
        }))];

        while (GoOn())
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(30, length.TotalSeconds / 10)));
            Console.WriteLine(
                $"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:N0} s  heap {GC.GetTotalMemory(forceFullCollection: true) >> 10,8:N0} KiB  " +
                $"updates {Interlocked.Read(ref updates),12:N0}  events {Interlocked.Read(ref events),12:N0}  reads {Interlocked.Read(ref reads),10:N0}  " +
                $"wal {new FileInfo(database.Path + "-wal").Length >> 10:N0} KiB");
        }

        await Task.WhenAll(writers);
        await master.DisposeAsync();
        await Task.WhenAll(followers);
    }
}
