using System.Globalization;

namespace BuildData.Tests;

/// <summary>
/// Processes are killed while they write logs. Each time, the store has every line whose flush has completed, and no line is partial or there twice.
/// </summary>
internal abstract class KilledLogWriterTests
{
    private const int DefaultKills = 25;
    private const int MaxPrintedLines = 200;

    [Test]
    public async Task Open_AfterEachOfManyKills_LogsHaveWholeLinesUpToTheLastFlush()
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("BUILDDATA_LOG_KILLS"), CultureInfo.InvariantCulture, out int value) ? value : DefaultKills;
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        (long logs, long lines, long flushed) = (0, 0, 0);
        for (int kill = 0; kill < kills; kill++)
        {
            // A small store is read fast.
            await using LogStore store = await CreateStore();
            Dictionary<long, long> linesByLog = await WriteAndKill(store, random.Next(MaxPrintedLines));
            string moment = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, kill {kill}");
            await using Master master = await Master.Open(options =>
            {
                store.Use(options);
                options.MaxResults = int.MaxValue;
            });
            flushed += linesByLog.Values.Sum();
            foreach (StepLog log in await LogsOf(master.Data))
            {
                lines += await Check(master.Data, log, linesByLog.GetValueOrDefault(log.LogId), moment);
                linesByLog.Remove(log.LogId);
                logs++;
            }

            linesByLog.Should().BeEmpty(moment);
        }

        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{kills} kills, {logs} logs, {lines} lines, {flushed} of them flushed"));
        lines.Should().BePositive("processes that never wrote would prove nothing");
    }

    private protected abstract Task<LogStore> CreateStore();

    private static async Task<Dictionary<long, long>> WriteAndKill(LogStore store, int printedLines)
    {
        await using TestHost host = await store.StartHost();
        var lines = new Dictionary<long, long>();
        foreach (string printed in await host.KillAfter(printedLines))
        {
            long[] numbers = [.. printed.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
            lines[numbers[0]] = numbers[1];
        }

        return lines;
    }

    private static async Task<IReadOnlyList<StepLog>> LogsOf(DataApi data) =>
        await data.Get<Step>("/steps/1") is null ? [] : await data.GetAll<StepLog>("/steps/1/logs");

    /// <summary>Checks a log, and returns its number of lines.</summary>
    private static async Task<long> Check(DataApi data, StepLog log, long flushed, string moment)
    {
        string text = (await data.Get<LogContents>($"/logs/{log.LogId}/contents"))!.Content;
        string[] lines = text.Split('\n');

        lines[^1].Should().BeEmpty(moment);
        lines[..^1].Select((line, number) => line == $"{number} {new string('x', number % 97)}").Should().NotContain(false, moment);
        log.NumLines.Should().Be(lines.Length - 1, moment).And.BeGreaterThanOrEqualTo(flushed, moment);
        log.NumBytes.Should().Be(text.Length, moment);
        return log.NumLines;
    }

    /// <summary>A store to which a process writes that is killed.</summary>
    internal abstract class LogStore : IAsyncDisposable
    {
        public abstract Task<TestHost> StartHost();

        public abstract void Use(BuildDataOptions options);

        public abstract ValueTask DisposeAsync();
    }
}

/// <summary>The processes write to SQLite files.</summary>
internal sealed class SqliteKilledLogWriterTests : KilledLogWriterTests
{
    private protected override Task<LogStore> CreateStore() => Task.FromResult<LogStore>(new File());

    private sealed class File : LogStore
    {
        private readonly TempFolder _folder = new();

        public override Task<TestHost> StartHost() => TestHost.Start("logs", _folder.Database);

        public override void Use(BuildDataOptions options) => options.UseSqlite(_folder.ConnectionString);

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>The processes write to PostgreSQL databases.</summary>
internal sealed class PostgreSqlKilledLogWriterTests : KilledLogWriterTests
{
    private protected override async Task<LogStore> CreateStore() => new Database((PostgreSqlTestStore)await StoreKinds.PostgreSql.Create());

    private sealed class Database(PostgreSqlTestStore store) : LogStore
    {
        public override Task<TestHost> StartHost() => TestHost.Start("pg-logs", store.ConnectionString, "master");

        public override void Use(BuildDataOptions options) => store.Use(options);

        public override ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
