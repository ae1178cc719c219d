using System.Diagnostics;
using System.Globalization;

namespace BuildData.Benchmarks.Web;

/// <summary>Measures events that go to many WebSockets. The clients are a process of their own.</summary>
internal static class PumpBenchmark
{
    private const int Callers = 64;

    public static async Task Run(WebOptions options, WebServer server, long lastBuild)
    {
        Updates updates = server.Master.Data.Updates;
        TimeSpan time = TimeSpan.FromSeconds(10);
        double alone = await Write(updates, lastBuild, options.Rate, time);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Callers} callers, {options.Rate:N0} updates of builds a second wanted: {alone:N0} without sockets"));

        using Process clients = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Entry(), "web-clients", server.Address.Authority, options.Sockets.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? ready = await clients.StandardOutput.ReadLineAsync();
        if (ready != "ready")
            throw new InvalidOperationException("The clients have not connected.");

        long before = server.Master.Data.Events.LastSequence;
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        double with = await Write(updates, lastBuild, options.Rate, time);
        long sent = server.Master.Data.Events.LastSequence - before;
        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        await clients.StandardInput.WriteLineAsync(sent.ToString(CultureInfo.InvariantCulture));
        string result = await clients.StandardOutput.ReadToEndAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {with:N0} with {options.Sockets:N0} sockets on all builds: {with / alone:F2}; {sent:N0} events; heap before {bytes / 1e6:N0} MB, peak of the process {peak / 1e6:N0} MB"));
        Console.Write("  " + result);
    }

    public static string[] Entry() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(PumpBenchmark).Assembly.Location] : [];

    /// <summary>Updates builds at a rate, and returns the rate that was reached.</summary>
    private static async Task<double> Write(Updates updates, long lastBuild, int rate, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        long done = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; Stopwatch.GetElapsedTime(start) < time; i++)
            {
                await updates.SetBuildStateString(lastBuild - caller, $"compiling file {i}");
                Interlocked.Increment(ref done);
                TimeSpan due = TimeSpan.FromSeconds((double)(i + 1) * Callers / rate) - Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.FromMilliseconds(1))
                    await Task.Delay(due);
            }
        })));
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
