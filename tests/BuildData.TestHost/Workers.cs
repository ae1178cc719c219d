using System.Collections.Concurrent;

namespace BuildData.TestHost;

/// <summary>Takes all waiting build requests of a builder with several callers. Prints each request with its priority and its build number.</summary>
internal static class Workers
{
    public static async Task Run(Updates updates, string builderName, int callers)
    {
        long builder = await updates.FindBuilderId(builderName);
        var started = new ConcurrentQueue<StartedBuild>();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(async () =>
        {
            long worker = await updates.FindWorkerId($"w{i}");
            while (await updates.StartNext(worker, [builder]) is { } build)
                started.Enqueue(build);
        })));
        foreach (StartedBuild build in started)
            Console.WriteLine($"{build.Request.BuildRequestId} {build.Request.Priority} {build.Number}");
    }
}
