using System.Diagnostics;

namespace BuildData.Benchmarks;

/// <summary>
/// Writes with 64 callers, finishing builds and beginning new ones, reads all the time on threads that overlap, and follows; prints
/// the heap and the size of the write-ahead log as time passes.
/// </summary>
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
        Task[] readers = [.. Enumerable.Range(0, 3).Select(i => Task.Factory.StartNew(
            () =>
            {
                while (GoOn())
                {
                    // Blocks a thread of its own, as a reader that never rests.
                    data.GetAll<Step>("/steps?order=-stepid&limit=1000").GetAwaiter().GetResult();
                    Interlocked.Increment(ref reads);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
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
                AddedBuild next = await data.Updates.AddBuild(1, (await data.Get<Build>($"/builds/{build}"))!.BuildRequestId);
                build = next.BuildId;
                Interlocked.Increment(ref reads);
            }
        }))];

        long largestLog = 0;
        Task watching = Task.Run(async () =>
        {
            while (GoOn())
            {
                largestLog = Math.Max(largestLog, new FileInfo(database.Path + "-wal").Length);
                await Task.Delay(20);
            }
        });
        while (GoOn())
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(30, length.TotalSeconds / 10)));
            Console.WriteLine(
                $"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:N0} s  heap {GC.GetTotalMemory(forceFullCollection: true) >> 10,8:N0} KiB  " +
                $"updates {Interlocked.Read(ref updates),12:N0}  events {Interlocked.Read(ref events),12:N0}  reads {Interlocked.Read(ref reads),10:N0}  " +
                $"wal {new FileInfo(database.Path + "-wal").Length >> 10:N0} KiB, at most {largestLog >> 10:N0} KiB");
        }

        await Task.WhenAll([.. writers, .. readers, watching]);
        await master.DisposeAsync();
        await Task.WhenAll(followers);
    }
}
