using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>The write-ahead log stays below its limit beside any number of readers.</summary>
internal sealed class WalSizeLimitTests
{
    private const long Limit = 1024 * 1024;

    private FakeLogCollector _log = null!;
    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TempFolder();
        _log = new FakeLogCollector();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Update_ReadersOverlapAllTheTime_TheLogStaysBounded()
    {
        await using Master master = await Open();
        long buildId = await AddSteps(master.Data.Updates, 500);
        using var stop = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => OnOwnThread(async () =>
        {
            while (!stop.IsCancellationRequested)
                await master.Data.GetAll<Step>($"/builds/{buildId}/steps");
        }))];

        long largest = 0;
        for (int i = 0; i < 4_000; i++)
        {
            await master.Data.Updates.SetBuildStateString(buildId, new string((char)('a' + (i % 26)), 8_000));
            largest = Math.Max(largest, LogSize());
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        largest.Should().BeLessThan(8 * Limit, "4,000 commits of three pages write about 48 MiB");
    }

    [Test]
    public async Task Update_AnotherProgramReads_IsLoggedOnceAndTheLogIsEmptiedAfterIt()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        await using (var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
        {
            await other.OpenAsync();
            await using SqliteTransaction snapshot = other.BeginTransaction(deferred: true);
            await using SqliteCommand read = other.CreateCommand();
            read.CommandText = "SELECT count(*) FROM builds";
            await read.ExecuteScalarAsync();
            await Write(master.Data.Updates, buildId, 2_000);
        }

        await Write(master.Data.Updates, buildId, 1_000);
        await master.DisposeAsync();

        _log.GetSnapshot().Should().ContainSingle(record => record.Id == 4).Which.Message.Should().Contain(_folder.Database);
    }

    [Test]
    public async Task Update_AnotherProgramReadsOnceMore_IsLoggedOnceMore()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        for (int i = 0; i < 2; i++)
        {
            await using (var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
            {
                await other.OpenAsync();
                await using SqliteTransaction snapshot = other.BeginTransaction(deferred: true);
                await using SqliteCommand read = other.CreateCommand();
                read.CommandText = "SELECT count(*) FROM builds";
                await read.ExecuteScalarAsync();
                await Write(master.Data.Updates, buildId, 1_000);
            }

            await Write(master.Data.Updates, buildId, 1_000);
            LogSize().Should().BeLessThan(2 * Limit, "the limit is what it was before the program read");
        }

        await master.DisposeAsync();

        _log.GetSnapshot().Where(record => record.Id == 4).Should().HaveCount(2);
    }

    [Test]
    public async Task Update_AfterAnotherProgramRead_EmptiesTheLog()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        await using (var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False"))
        {
            await other.OpenAsync();
            await using SqliteTransaction snapshot = other.BeginTransaction(deferred: true);
            await using SqliteCommand read = other.CreateCommand();
            read.CommandText = "SELECT count(*) FROM builds";
            await read.ExecuteScalarAsync();
            await Write(master.Data.Updates, buildId, 1_000);
        }

        long beside = LogSize();
        await Write(master.Data.Updates, buildId, 500);

        LogSize().Should().BeLessThan(beside);
    }

    [Test]
    public async Task Read_ALongReadIsRunning_OtherReadsDoNotWaitForIt()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        using var end = new ManualResetEventSlim();
        Task longRead = await BeginLongRead(master, end);
        await Write(master.Data.Updates, buildId, 1_000);

        Build? read = await master.Data.Get<Build>($"/builds/{buildId}").WaitAsync(Given.Patience);

        end.Set();
        await longRead;
        read.Should().NotBeNull();
    }

    [Test]
    public async Task Transaction_ItReadsWhileTheLogIsTooLarge_DoesNotWaitForItself()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();

        Func<Task> transactions = async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await master.Data.Updates.Transaction(async updates =>
                {
                    await updates.SetBuildStateString(buildId, new string('x', 50_000) + i);
                    await master.Data.Get<Build>($"/builds/{buildId}");
                });
            }
        };

        await transactions().WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Transaction_TheBatchBeforeItMadeTheLogTooLarge_CanRead()
    {
        var clock = new TestClock();
        await using Master master = await Open(options => options.TimeProvider = clock);
        Updates updates = master.Data.Updates;
        long buildId = await updates.Build();
        using var end = new ManualResetEventSlim();
        Task longRead = await BeginLongRead(master, end);
        using BlockedUpdate first = await BlockedUpdate.Start(clock, () => updates.SetBuildStateString(buildId, "first"));
        Task[] large = [.. Enumerable.Range(0, 300).Select(i => updates.SetBuildProperty(buildId, $"p{i}", (new string('x', 8_000), "test")))];
        Task<Build?> transaction = updates.Transaction(_ => master.Data.Get<Build>($"/builds/{buildId}"));

        first.Release();

        await Task.WhenAll([first.Completion, .. large]);
        (await transaction.WaitAsync(Given.Patience)).Should().NotBeNull();
        LogSize().Should().BeGreaterThan(Limit, "otherwise nobody was held back");
        end.Set();
        await longRead;
    }

    [Test]
    public async Task Measure_LogSize_IsTheFiles()
    {
        using var meters = new TestMeters();
        await using Master master = await Open(options => options.MeterFactory = meters.Factory);
        await Write(master.Data.Updates, await master.Data.Updates.Build(), 10);

        meters.Observe<long>("builddata.log.size").Should().ContainSingle().Which.Should().Be(LogSize()).And.BePositive();
    }

    private Task<Master> Open(Action<BuildDataOptions>? configure = null) => Master.Open(options =>
    {
        options.UseSqlite(_folder.ConnectionString, sqlite => sqlite.LogSizeLimit = Limit);
        options.Durability = Durability.Normal;
        options.LoggerFactory = _log.ToLoggerFactory();
        configure?.Invoke(options);
    });

    /// <summary>Begins a read on another thread that lasts until it is told to end.</summary>
    private static async Task<Task> BeginLongRead(Master master, ManualResetEventSlim end)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task read = OnOwnThread(() => master.Store.Read(
            (_, _, token) =>
            {
                began.SetResult();
                end.Wait(Given.Patience, token);
                return new ValueTask<bool>(true);
            },
            0,
            CancellationToken.None).AsTask());
        await began.Task.WaitAsync(Given.Patience);
        return read;
    }

    private static async Task<long> AddSteps(Updates updates, int count)
    {
        long buildId = await updates.Build();
        await updates.Transaction(async u =>
        {
            for (int i = 0; i < count; i++)
                await u.NewStep(buildId, "step");
        });
        return buildId;
    }

    private static async Task Write(Updates updates, long buildId, int count)
    {
        for (int i = 0; i < count; i++)
            await updates.SetBuildStateString(buildId, new string((char)('a' + (i % 26)), 8_000));
    }

    private long LogSize() => new FileInfo(_folder.Database + "-wal") is { Exists: true } log ? log.Length : 0;

    private static Task OnOwnThread(Func<Task> work) =>
        Task.Factory.StartNew(() => work().GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
