using System.Globalization;

namespace BuildData.Tests;

/// <summary>A master tails a log that another one writes, also if the tailing process is killed again and again.</summary>
internal sealed class TailOfMastersTests
{
    private const int Kills = 20;

    private PostgreSqlTestStore _store = null!;
    private Master _writer = null!;

    [SetUp]
    public async Task OpenWriter()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        _writer = await _store.Open(options => options.MasterName = "writer");
    }

    [TearDown]
    public async Task CloseWriter()
    {
        // There is none if the test was skipped because there is no server.
        if (_writer is not null)
            await _writer.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [Test]
    public async Task Tail_OfAnotherMastersLog_ReturnsEachLineOnce()
    {
        await using Master reader = await _store.Open(options => options.MasterName = "reader");
        long log = await AddLog();
        Task<List<LogLine>> tail = Task.Run(() => reader.Data.Logs.Tail(log).ToListAsync().AsTask());
        Task<List<LogLine>> own = Task.Run(() => _writer.Data.Logs.Tail(log).ToListAsync().AsTask());

        for (int i = 0; i < 500; i++)
            await _writer.Data.Updates.AppendLog(log, $"{2 * i}\n{(2 * i) + 1}\n");
        await _writer.Data.Updates.FinishLog(log);

        LogLine[] all = [.. Enumerable.Range(0, 1000).Select(i => new LogLine(i, $"{i}"))];
        (await tail.WaitAsync(Given.Patience)).Should().Equal(all);
        (await own.WaitAsync(Given.Patience)).Should().Equal(all);
    }

    [Test]
    public async Task Tail_ProcessIsKilledAndResumed_EachLineIsPrintedOnce()
    {
        var random = new Random(3);
        long log = await AddLog();
        using var stop = new CancellationTokenSource();
        Task<long> writing = Task.Run(async () =>
        {
            long lines = 0;
            for (; !stop.IsCancellationRequested; lines += 3)
                await _writer.Data.Updates.AppendLog(log, $"line {lines}\nline {lines + 1}\nline {lines + 2}\n");
            await _writer.Data.Updates.FinishLog(log);
            return lines;
        });
        var printed = new List<string>();

        for (int kill = 0; kill < Kills; kill++)
        {
            await using TestHost host = await StartTail(log, printed.Count);
            printed.AddRange(await host.KillAfter(random.Next(1, 200)));
        }

        await stop.CancelAsync();
        long written = await writing;
        await using (TestHost last = await StartTail(log, printed.Count))
            printed.AddRange(await last.Run());
        await TestContext.Out.WriteLineAsync($"{Kills} kills, {written} lines");
        printed.Should().Equal(Enumerable.Range(0, (int)written).Select(i => $"{i} line {i}"));
    }

    private Task<TestHost> StartTail(long log, long firstLine) => TestHost.Start(
        "pg-tail", _store.ConnectionString, "reader", log.ToString(CultureInfo.InvariantCulture), firstLine.ToString(CultureInfo.InvariantCulture));

    private async Task<long> AddLog() => (await _writer.Data.Updates.AddLog(await _writer.Data.Updates.Step(), "stdio")).LogId;
}
