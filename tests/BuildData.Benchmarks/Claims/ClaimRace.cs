using System.Diagnostics;
using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>
/// Lets many idle workers take the same build requests: with <c>StartNext</c>, and with a query, a claim and a new build. Checks that each request
/// is taken once, and reports how far the order of builds is from the order of priorities.
/// </summary>
internal static class ClaimRace
{
    private const int Priorities = 10;

    public static async Task Run(ClaimRaceOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("builddata-claims-").FullName;
        await using Master master = await Master.Open(o =>
        {
            if (options.PostgreSql is { } connection)
                o.UsePostgreSql(connection).MasterName = "scheduler";
            else
                o.UseSqlite($"Data Source={Path.Combine(folder, "builds.db")}");
        });
        ClaimerProcess[] processes = options.PostgreSql is { } server
            ? await Task.WhenAll(Enumerable.Range(0, options.Processes).Select(i => ClaimerProcess.Start(server, $"claimer-{i}", options.Workers)))
            : [];

        var rates = ClaimMethod.ByName.Keys.ToDictionary(method => method, _ => new List<double>());
        for (int round = -1; round < options.Rounds; round++)
        {
            foreach (string method in ClaimMethod.ByName.Keys)
            {
                long builder = await AddRequests(master.Data.Updates, $"{method}-{round}-{Guid.NewGuid():N}", options.Requests);
                long start = Stopwatch.GetTimestamp();
                ClaimedRequest[][] taken = processes.Length == 0
                    ? [await Claimer.Take(master.Data, method, builder, options.Workers)]
                    : await Task.WhenAll(processes.Select(process => process.Take(method, builder)));
                double rate = options.Requests / Stopwatch.GetElapsedTime(start).TotalSeconds;
                ClaimedRequest[] all = [.. taken.SelectMany(part => part)];
                Check(all, options.Requests);

                // The first round only warms up.
                if (round < 0)
                    continue;
                rates[method].Add(rate);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method,-10} {rate,8:0} requests/s, {Displacement(all)} places out of order at most"));
            }
        }

        foreach (ClaimerProcess process in processes)
            await process.DisposeAsync();
        foreach ((string method, List<double> all) in rates)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method,-10} median {Median(all),8:0} requests/s, ratio {Median(rates["StartNext"]) / Median(all):0.00}"));
    }

    private static async Task<long> AddRequests(Updates updates, string name, int count)
    {
        long builder = await updates.FindBuilderId(name);
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= count)
                await updates.AddBuildset(builderIds: [builder], priority: i % Priorities);
        })));
        return builder;
    }

    private static void Check(ClaimedRequest[] taken, int count)
    {
        if (taken.Select(request => request.RequestId).Distinct().Count() != count || taken.Length != count)
            throw new InvalidOperationException($"{taken.Length} requests were taken, {taken.Select(request => request.RequestId).Distinct().Count()} different ones, of {count}.");
        if (taken.Select(request => request.BuildNumber).Distinct().Count() != count || taken.Max(request => request.BuildNumber) != count)
            throw new InvalidOperationException("The build numbers have a gap or occur twice.");
    }

    /// <summary>Returns how many places a build is before a build of a higher priority, at most.</summary>
    private static long Displacement(ClaimedRequest[] taken)
    {
        ClaimedRequest[] byNumber = [.. taken.OrderBy(request => request.BuildNumber)];
        ClaimedRequest[] ideal = [.. taken.OrderByDescending(request => request.Priority)];
        var firstPlace = ideal.Select((request, place) => (request.Priority, place)).GroupBy(x => x.Priority).ToDictionary(group => group.Key, group => (First: group.Min(x => x.place), Last: group.Max(x => x.place)));
        return byNumber.Select((request, place) =>
            Math.Max(0, Math.Max(firstPlace[request.Priority].First - place, place - firstPlace[request.Priority].Last))).Max();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
