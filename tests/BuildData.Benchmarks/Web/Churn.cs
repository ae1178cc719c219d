using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace BuildData.Benchmarks.Web;

/// <summary>
/// Lets WebSockets and streams come and go, and counts what they leave behind. Client processes open them, close half of them, and are killed with the
/// other half open.
/// </summary>
internal static class Churn
{
    private const int StreamsOfAProcess = 250;
    private const int Processes = 4;

    public static async Task Run(TimeSpan time)
    {
        await using WebServer server = await WebServer.Start();
        Updates updates = server.Master.Data.Updates;
        long builder = await updates.EnsureBuilder("linux");
        (_, IReadOnlyDictionary<long, long> requests) = await updates.AddBuildset(builderIds: [builder]);
        AddedBuild build = await updates.AddBuild(builder, requests[builder], null);
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await updates.SetBuildStateString(build.BuildId, $"state {i}");
                await Task.Delay(2);
            }
        });

        // The first clients make what later ones share.
        await RunClients(server);
        await Report("after the first clients");
        long start = Stopwatch.GetTimestamp();
        int streams = 0;
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => RunClients(server)));
            streams += Processes * StreamsOfAProcess;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{streams:N0} streams in {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} minutes"));
        await Report("after all clients");
        await stop.CancelAsync();
        await writing;
    }

    /// <summary>The client process.</summary>
    public static async Task RunClient(string authority)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        List<Stream> streams = [];
        List<ClientWebSocket> sockets = [];
        for (int i = 0; i < StreamsOfAProcess / 2; i++)
        {
            Stream stream = await http.GetStreamAsync(new Uri($"http://{authority}/api/v2/sse?path=/builds&path=/builders"));
            streams.Add(stream);
            await stream.ReadExactlyAsync(new byte[1000]);
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"ws://{authority}/api/v2/ws"), CancellationToken.None);
            sockets.Add(socket);
            await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"cmd":"startConsuming","path":"{{(i % 3 == 0 ? "builds/*/*" : $"builds/{i}/*")}}","_id":1}"""), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.ReceiveAsync(new byte[1000], CancellationToken.None);
        }

        for (int i = 0; i < streams.Count; i += 2)
        {
            await streams[i].DisposeAsync();
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await sockets[i].CloseAsync(WebSocketCloseStatus.NormalClosure, "", timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task RunClients(WebServer server)
    {
        using Process clients = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. PumpBenchmark.Entry(), "web-churn-client", server.Address.Authority]) { RedirectStandardOutput = true })!;
        if (await clients.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException("A client process has failed.");
        clients.Kill();
        await clients.WaitForExitAsync();
    }

    private static async Task Report(string when)
    {
        long limit = Stopwatch.GetTimestamp();
        while (Subscribers() > 0 && Stopwatch.GetElapsedTime(limit) < TimeSpan.FromSeconds(60))
            await Task.Delay(100);
        int handles = Directory.GetFiles("/proc/self/fd").Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{when}: {Subscribers()} subscriptions, {handles} handles, {Process.GetCurrentProcess().Threads.Count} threads, {GC.GetTotalMemory(forceFullCollection: true) / 1e6:F1} MB of heap"));
    }

    private static int Subscribers()
    {
        int subscribers = -1;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "builddata.subscribers")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => subscribers = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return subscribers;
    }
}
