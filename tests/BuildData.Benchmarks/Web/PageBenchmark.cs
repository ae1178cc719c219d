using System.Diagnostics;
using System.Globalization;

namespace BuildData.Benchmarks.Web;

/// <summary>Measures the data of each page of the dashboard, with a short history and with a long one. Before each request, a build changes.</summary>
internal static class PageBenchmark
{
    private const int Requests = 101;
    private const int Callers = 64;

    private static readonly string[] Pages = ["home", "queue", "builders/linux", "builders/linux/builds/500"];

    public static async Task Run(WebOptions options, WebServer server, int builds)
    {
        Dictionary<string, double> small = await Measure(server);
        await Parallel.ForEachAsync(
            Enumerable.Range(builds, options.Builds - builds),
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (i, stop) => await WebBenchmark.AddBuild(server.Master.Data.Updates, i, stop));
        Dictionary<string, double> large = await Measure(server);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"data of a page, in milliseconds, with {builds:N0} and with {options.Builds:N0} builds, medians of {Requests}:"));
        foreach ((string page, double time) in small)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {page,-26} {time,6:F2} {large[page],6:F2}  {large[page] / time,5:F2}"));
    }

    private static async Task<Dictionary<string, double>> Measure(WebServer server)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        var medians = new Dictionary<string, double>();
        foreach (string page in Pages)
        {
            List<double> times = [];
            for (int i = 0; i < Requests; i++)
            {
                await server.Master.Data.Updates.SetBuildStateString(1, $"state {i}");
                long start = Stopwatch.GetTimestamp();
                await client.GetByteArrayAsync(new Uri("/builds/data/" + page, UriKind.Relative));
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            medians[page] = Medians.Of(times);
        }

        return medians;
    }
}
