using System.Collections.Concurrent;
using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>Takes build requests from several callers until none waits. Runs in a process of its own where several masters compete.</summary>
internal static class Claimer
{
    /// <summary>Opens a PostgreSQL store. For each line of input, takes requests, and prints them and an empty line.</summary>
    public static async Task Run(string connection, string masterName, int workers)
    {
        await using Master master = await Master.Open(options => options.UsePostgreSql(connection).MasterName = masterName);
        Console.WriteLine("open");
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            string[] words = line.Split(' ');
            ClaimedRequest[] claimed = await Take(master.Data, words[0], long.Parse(words[1], CultureInfo.InvariantCulture), workers);
            foreach (ClaimedRequest request in claimed)
                Console.WriteLine($"{request.RequestId} {request.Priority} {request.BuildNumber}");
            Console.WriteLine();
        }
    }

    public static async Task<ClaimedRequest[]> Take(DataApi data, string method, long builder, int workers)
    {
        Func<DataApi, long, Task<ClaimedRequest?>> take = ClaimMethod.ByName[method];
        var claimed = new ConcurrentQueue<ClaimedRequest>();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            while (await take(data, builder) is { } next)
                claimed.Enqueue(next);
        })));
        return [.. claimed];
    }
}
