using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildData.Benchmarks.Web;

/// <summary>
/// Measures the HTTP interface: REST answers beside a minimal API that returns the same prepared bytes, and events to many WebSockets beside the same
/// updates without sockets. Needs the program wrk.
/// </summary>
internal static partial class WebBenchmark
{
    private const int Builds = 1_000;

    public static async Task Run(WebOptions options)
    {
        await using WebServer server = await WebServer.Start();
        long lastBuild = await AddBuilds(server.Master.Data.Updates);
        await Rest(options, server, "one build with property=*", $"/api/v2/builds/{lastBuild - 100}?property=*");
        await Rest(options, server, "200 builds of a builder", "/api/v2/builders/1/builds?order=-number&limit=200");
        await PumpBenchmark.Run(options, server, lastBuild);
        await PageBenchmark.Run(options, server, Builds);
    }

    /// <summary>Adds a finished build with four properties and a step.</summary>
    public static async Task<long> AddBuild(Updates updates, int number, CancellationToken stop = default)
    {
        long builder = await updates.EnsureBuilder("linux", stop);
        (_, IReadOnlyDictionary<long, long> requests) = await updates.AddBuildset(
            scheduler: "nightly", reason: "nightly build", builderIds: [builder],
            properties: new() { ["owner"] = ("ann", "Scheduler"), ["branch"] = ("main", "Scheduler"), ["revision"] = ($"{number:x40}", "Scheduler"), ["number"] = (number, "Scheduler") },
            cancellationToken: stop);
        await updates.ClaimBuildRequests([requests[builder]], cancellationToken: stop);
        AddedBuild build = await updates.AddBuild(builder, requests[builder], null, cancellationToken: stop);
        await updates.SetBuildProperty(build.BuildId, "got_revision", ($"{number:x40}", "Build"), stop);
        AddedStep step = await updates.NewStep(build.BuildId, "compile", cancellationToken: stop);
        await updates.StartStep(step.StepId, cancellationToken: stop);
        await updates.FinishStep(step.StepId, BuildResult.Success, hidden: false, cancellationToken: stop);
        await updates.FinishBuild(build.BuildId, number % 100 == 0 ? BuildResult.Failure : BuildResult.Success, cancellationToken: stop);
        await updates.CompleteBuildRequests([requests[builder]], BuildResult.Success, cancellationToken: stop);
        return build.BuildId;
    }

    private static async Task<long> AddBuilds(Updates updates)
    {
        long last = 0;
        for (int i = 0; i < Builds; i++)
            last = await AddBuild(updates, i);
        return last;
    }

    private static async Task Rest(WebOptions options, WebServer server, string name, string path)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        server.Prepared["answer"] = await client.GetByteArrayAsync(new Uri(path, UriKind.Relative));
        var rates = new Dictionary<string, List<double>> { ["prepared"] = [], ["unchanged"] = [], ["100 changes/s"] = [] };
        for (int round = -1; round < options.Rounds; round++)
        {
            double prepared = await Wrk(options, new Uri(server.Address, "/prepared/answer"));
            double unchanged = await Wrk(options, new Uri(server.Address, path));
            double changing;
            using (var stop = new CancellationTokenSource())
            {
                Task writing = Change(server.Master.Data.Updates, stop.Token);
                changing = await Wrk(options, new Uri(server.Address, path));
                await stop.CancelAsync();
                await writing;
            }

            if (round < 0)
                continue;
            rates["prepared"].Add(prepared);
            rates["unchanged"].Add(unchanged);
            rates["100 changes/s"].Add(changing);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} ({server.Prepared["answer"].Length:N0} bytes), requests a second, median of {options.Rounds}:"));
        double reference = Medians.Of(rates["prepared"]);
        foreach ((string contender, List<double> all) in rates)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {contender,-14} {Medians.Of(all),10:N0}  {Medians.Of(all) / reference,5:F2} of the minimal API"));
    }

    private static async Task Change(Updates updates, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            await updates.SetBuildStateString(1, $"state {i}", CancellationToken.None);
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<double> Wrk(WebOptions options, Uri address)
    {
        using Process wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", "-c32", $"-d{options.Seconds}s", address.AbsoluteUri]) { RedirectStandardOutput = true })!;
        string output = await wrk.StandardOutput.ReadToEndAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal))
            throw new InvalidOperationException(output);
        return double.Parse(RequestRate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex RequestRate();
}
