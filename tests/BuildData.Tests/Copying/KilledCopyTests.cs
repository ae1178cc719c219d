using System.Globalization;

namespace BuildData.Tests;

/// <summary>A copying process is killed again and again, at any moment. In the end, the copy equals its source.</summary>
/// <param name="from">The kind of the source.</param>
/// <param name="to">The kind of the target.</param>
internal abstract class KilledCopyTests(StoreKind from, StoreKind to)
{
    private const int Kills = 5;
    private const int MostLines = 4;

    [Test]
    public async Task Run_AfterManyKills_TargetEqualsTheSource()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        await using TestStore source = await from.Create();
        await using TestStore target = await to.Create();
        await Fill(source);

        int unfinished = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await using TestHost host = await TestHost.Start("copy", [NameOf(source), NameOf(target)]);
            string[] printed = await host.KillAfter(1 + random.Next(MostLines));
            unfinished += printed.Contains("done") ? 0 : 1;
        }

        CopyResult result = await BuildDataCopy.Run(source.Use, target.Use);

        unfinished.Should().BePositive("copies that had finished before the kill would prove nothing");
        await using Master copy = await target.Open();
        (await copy.Data.Count<Step>("/steps")).Should().Be(4_000).And.Be(result.Tables.Single(table => table.Name == "steps").Rows);
        (await copy.Data.Count<Buildset>("/buildsets?parent_buildid__gt=0")).Should().Be(1);
    }

    private static async Task Fill(TestStore store)
    {
        await using Master master = await store.Open(options => options.KeepEvents(TimeSpan.FromDays(1)));
        await master.Data.Updates.Steps(4_000);
        await master.Data.Updates.AddBuildset(parentBuildId: 1);
    }

    private static string NameOf(TestStore store) => store switch
    {
        SqliteTestStore file => file.Folder.Database,
        PostgreSqlTestStore database => database.ConnectionString,
        _ => throw new ArgumentException("The test knows no other kind.", nameof(store)),
    };
}

internal sealed class KilledCopyToPostgreSqlTests() : KilledCopyTests(StoreKinds.Sqlite, StoreKinds.PostgreSql);

internal sealed class KilledCopyToSqliteTests() : KilledCopyTests(StoreKinds.PostgreSql, StoreKinds.Sqlite);
