using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>What copies do beyond the contract of all stores.</summary>
internal sealed partial class CopiedStoresTests
{
    private static readonly string[] KindNames = [.. StoreKinds.All.Select(kind => kind.Name)];

    [Test]
    public async Task Run_FromSqliteToPostgreSql_EveryEndpointHasTheSameResult()
    {
        await using TestStore source = await StoreKinds.Sqlite.Create();
        await using TestStore target = await StoreKinds.PostgreSql.Create();
        await Fill(source);
        Dictionary<string, string?> expected = await ReadEveryEndpoint(source);

        await BuildDataCopy.Run(source.Use, target.Use);

        (await ReadEveryEndpoint(target)).Should().BeEquivalentTo(expected);
        expected.Values.Count(json => json is null or "null" or "[]").Should().BeLessThan(expected.Count / 2, "empty results would prove little");
    }

    [TestCaseSource(nameof(KindNames))]
    public async Task Run_IntoAStoreOfTheSameKind_HasEqualResources(string name)
    {
        StoreKind kind = StoreKinds.All.Single(kind => kind.Name == name);
        await using TestStore source = await kind.Create();
        await using TestStore target = await kind.Create();
        await Fill(source);
        Dictionary<string, string?> expected = await ReadEveryEndpoint(source);

        await BuildDataCopy.Run(source.Use, target.Use);

        (await ReadEveryEndpoint(target)).Should().BeEquivalentTo(expected);
    }

    [Test]
    public async Task Run_BetweenPostgreSqlDatabases_KeepsEpochsAndTickets()
    {
        await using var source = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        await using var target = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        await Fill(source);
        await (await source.Open()).DisposeAsync();
        const string Numbers = "SELECT (SELECT epoch FROM masters WHERE name = 'master') || ' ' || nextval('event_tickets') || ' ' || nextval('steps_id_seq')";

        await BuildDataCopy.Run(source.Use, target.Use);

        (await target.Scalar<string>(Numbers)).Should().Be(await source.Scalar<string>(Numbers));
    }

    [Test]
    public async Task Run_SqliteFileOfAKilledProcess_SkipsTheNumbersThatTheProcessMayHaveUsed()
    {
        await using var source = (SqliteTestStore)await StoreKinds.Sqlite.Create();
        await using TestStore target = await StoreKinds.PostgreSql.Create();
        await using (TestHost host = await TestHost.Start("write", source.Folder.Database))
            await host.KillAfter(3);
        using var stop = new CancellationTokenSource();
        await FluentActions.Awaiting(() => BuildDataCopy.Run(source.Use, target.Use, new Callback(stop.Cancel), stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        await BuildDataCopy.Run(source.Use, target.Use);

        await using Master copy = await target.Open();
        Subscription live = copy.Data.Events.Subscribe("/steps/*");
        await copy.Data.Updates.Step();
        (await live.Next(1))[0].Sequence.Should().BeGreaterThan(1L << 32).And.BeLessThan(1L << 33);
    }

    [Test]
    public async Task Run_TargetWasChangedMeanwhile_ThrowsTheDifferenceAndStaysUnfinished()
    {
        await using TestStore source = await StoreKinds.PostgreSql.Create();
        await using var target = (SqliteTestStore)await StoreKinds.Sqlite.Create();
        await Fill(source);
        using var stop = new CancellationTokenSource();
        var stopAtEnd = new Callback(report =>
        {
            if (report.Phase == CopyPhase.Comparing)
                stop.Cancel();
        });
        await FluentActions.Awaiting(() => BuildDataCopy.Run(source.Use, target.Use, stopAtEnd, stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        await using (var connection = new SqliteConnection(target.Folder.ConnectionString + ";Pooling=False"))
            await connection.ExecuteAsync("UPDATE steps SET state_string = state_string || '.' WHERE id = 2; DELETE FROM builder_tags WHERE tag = 'slow'");

        CopyDifferenceException different = (await FluentActions.Awaiting(() => BuildDataCopy.Run(source.Use, target.Use)).Should().ThrowAsync<CopyDifferenceException>()).Which;

        different.Tables.Should().Equal("builder_tags", "steps");
        different.Store.Should().Be(target.Folder.Database);
        await target.Awaiting(store => store.Open()).Should().ThrowAsync<UnfinishedCopyException>();
    }

    [Test]
    public async Task Open_UnfinishedCopyReadOnly_IsRefused()
    {
        await using TestStore source = await StoreKinds.Sqlite.Create();
        await using var target = (SqliteTestStore)await StoreKinds.Sqlite.Create();
        await Fill(source);
        using var stop = new CancellationTokenSource();
        await FluentActions.Awaiting(() => BuildDataCopy.Run(source.Use, target.Use, new Callback(stop.Cancel), stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        await FluentActions.Awaiting(() => Master.Open(target.Folder.ConnectionString + ";Mode=ReadOnly")).Should().ThrowAsync<UnfinishedCopyException>();
    }

    [Test]
    public async Task Run_DiskIsFull_ThrowsAndContinuesWhenThereIsRoom()
    {
        await using TestStore source = await StoreKinds.Sqlite.Create();
        using var folder = new TempFolder();
        using var files = new FaultyFiles();
        await Fill(source);
        const int Full = 13;
        int written = 0;
        files.OnWrite = path => path.EndsWith("-wal", StringComparison.Ordinal) && Interlocked.Increment(ref written) > 300 ? Full : 0;
        void UseTarget(BuildDataOptions options) => options.UseSqlite($"{folder.ConnectionString};Vfs={files.Name}");

        StoreException full = (await FluentActions.Awaiting(() => BuildDataCopy.Run(source.Use, UseTarget)).Should().ThrowAsync<StoreException>()).Which;
        files.OnWrite = null;
        CopyResult result = await BuildDataCopy.Run(source.Use, UseTarget);

        full.Message.Should().Contain(folder.Database).And.Contain("no disk space");
        result.Rows.Should().BePositive();
    }

    [Test]
    public async Task Run_RowsWithLongTexts_CopiesThemInSeveralTransactions()
    {
        await using TestStore source = await StoreKinds.Sqlite.Create();
        await using TestStore target = await StoreKinds.Sqlite.Create();
        await using (Master master = await source.Open())
        {
            for (int i = 0; i < 5; i++)
                await master.Data.Updates.AddBuildset(reason: new string('x', 5_000_000));
        }

        int transactions = 0;
        var count = new Callback(report => transactions += report is { Phase: CopyPhase.Copying, Table: "buildsets" } ? 1 : 0);
        await BuildDataCopy.Run(source.Use, target.Use, count);

        transactions.Should().BeInRange(3, 6, "a page holds two of these texts, and one transaction sets the columns that refer to builds");
    }

    [Test]
    public async Task Run_SourceDoesNotExist_CreatesNoFile()
    {
        using var folder = new TempFolder();

        await FluentActions.Awaiting(() => BuildDataCopy.Run(o => o.UseSqlite(folder.ConnectionString), o => o.UseSqlite($"Data Source={folder.File("copy.db")}")))
            .Should().ThrowAsync<StoreException>().WithMessage("*does not exist*");

        Directory.GetFiles(folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task Run_SourceIsReadOnly_IsRefused()
    {
        await using var source = (SqliteTestStore)await StoreKinds.Sqlite.Create();
        await using TestStore target = await StoreKinds.Sqlite.Create();
        await Fill(source);

        await FluentActions.Awaiting(() => BuildDataCopy.Run(o => o.UseSqlite(source.Folder.ConnectionString + ";Mode=ReadOnly"), target.Use))
            .Should().ThrowAsync<StoreException>().WithMessage("*Mode=ReadOnly*");
    }

    [Test]
    public async Task Open_MasterOfACopiedPostgreSqlSource_WaitsUntilTheCopyHasEnded()
    {
        await using TestStore source = await StoreKinds.PostgreSql.Create();
        await using TestStore target = await StoreKinds.Sqlite.Create();
        await Fill(source);
        Task<Master>? opening = null;
        bool wasOpen = false;
        var open = new Callback(report =>
        {
            opening ??= source.Open();
            wasOpen |= opening.IsCompleted;
        });

        await BuildDataCopy.Run(source.Use, target.Use, open);

        await using Master master = await opening!;
        wasOpen.Should().BeFalse();
    }

    private static async Task Fill(TestStore store)
    {
        var clock = new TestClock();
        await using Master master = await store.Open(options => options.TimeProvider = clock);
        await CopyWorld.Fill(master.Data.Updates, clock);
    }

    private static async Task<Dictionary<string, string?>> ReadEveryEndpoint(TestStore store)
    {
        await using Master master = await store.Open(options => options.MasterName = "reader");
        var results = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string pattern, _) in EndpointList.Rows())
        {
            for (int number = 1; number <= 3; number++)
            {
                string path = Variable().Replace(pattern, variable => variable.Value switch
                {
                    "{step_name}" => "compile",
                    "{step_number}" => "1",
                    "{log_slug}" => "stdio",
                    "{name}" => $"worker-{number}",
                    _ => $"{number}",
                });

                // The master that reads changes its own row.
                results[path] = path.Contains("master", StringComparison.Ordinal) ? null : (await master.Data.Get(path)).ToJson();
            }
        }

        return results;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Variable();

    private sealed class Callback(Action<CopyProgress> onReport) : IProgress<CopyProgress>
    {
        public Callback(Action onReport)
            : this(_ => onReport())
        {
        }

        public void Report(CopyProgress value) => onReport(value);
    }
}
