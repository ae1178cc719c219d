using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>The removal of old history reads no whole table, and returns space to the file system.</summary>
internal sealed class SqliteHistoryTests : SqliteMasterTests
{
    private static readonly HistoryPolicy KeepsOne = new(TimeSpan.FromDays(30), atLeastPerBuilder: 1);

    [Test]
    public async Task Plans_OfARemoval_UseIndexes()
    {
        await Updates.AddFinished(Data, count: 3);

        foreach ((string text, object?[] values) in await StatementsOfRemoval.Record(Master))
        {
            string plan = Plan(text, values);
            plan.Should().NotMatchRegex(@"SCAN (builds|build|buildrequests|request|buildsets|buildset|sourcestamps|stamp|buildset_sourcestamps|steps|step)\b(?! USING)", text);
            plan.Should().NotContain("TEMP B-TREE FOR ORDER BY", text);
        }
    }

    [Test]
    public async Task Prune_OfMuch_MakesTheFileSmaller()
    {
        string text = new('x', 2_000);
        for (int i = 0; i < 2_000; i++)
            await Updates.AddBuildset(reason: text);
        await Updates.AddFinished(Data);
        await Checkpoint();
        long before = new FileInfo(Folder.Database).Length;
        Clock.Advance(TimeSpan.FromDays(60));

        await Updates.Prune(KeepsOne);

        await Checkpoint();
        new FileInfo(Folder.Database).Length.Should().BeLessThan(before / 2);
    }

    [Test]
    public async Task UpdateOfARow_ThatAnotherProgramHasDeleted_FailsAsNotFound()
    {
        long step = await Updates.Step();
        await Updates.StartStep(step);
        await using (var other = new SqliteConnection(Folder.ConnectionString + ";Pooling=False"))
            await other.ExecuteAsync("DELETE FROM steps");
        long last = Data.Events.LastSequence;

        await Updates.Awaiting(updates => updates.FinishStep(step, BuildResult.Success)).Should().ThrowAsync<ResourceNotFoundException>();

        Data.Events.LastSequence.Should().Be(last);
    }

    private async Task Checkpoint()
    {
        await using var connection = new SqliteConnection(Folder.ConnectionString + ";Pooling=False");
        await connection.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private string Plan(string sql, object?[] values)
    {
        using var connection = new SqliteConnection(Folder.ConnectionString + ";Pooling=False;Mode=ReadOnly");
        var parameters = new DynamicParameters();
        for (int i = 0; i < values.Length; i++)
            parameters.Add($"${i + 1}", values[i]);
        return string.Join('\n', connection.Query<(long, long, long, string)>("EXPLAIN QUERY PLAN " + sql, parameters).Select(row => row.Item4));
    }
}
