using System.Data.Common;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;
using Dapper;

namespace BuildData.Torture.Tests.Upgrade;

/// <summary>The examination of a migrated store notices what a faulty migration would do.</summary>
internal sealed class StoreExaminationTests
{
    private readonly CheckRun _run = new(new CheckSettings { Seed = 1 }, TextWriter.Null);
    private OldSqliteStore _store = null!;

    [SetUp]
    public void CreateStore() => _store = new OldSqliteStore();

    [TearDown]
    public async Task RemoveStore() => await _store.DisposeAsync();

    [TestCase("UPDATE builds SET state_string = 'spoiled' WHERE id = 1", "*/builds*state_string*spoiled*")]
    [TestCase("UPDATE builds SET started_at = started_at + 1 WHERE id = 1", "*/builds*")]
    [TestCase("DELETE FROM build_terms", "*sourcestamp*wrongly*")]
    [TestCase("DELETE FROM builder_tags", "*/builders*tags*")]
    [TestCase("UPDATE workers SET paused = 1 - paused WHERE id = 1", "*/workers*paused*")]
    [TestCase("UPDATE log_chunks SET encoding = 1 - encoding WHERE log_id < 4000", "*/contents*")]
    [TestCase("DELETE FROM events WHERE sequence = (SELECT min(sequence) FROM events)", "*events*")]
    [TestCase("UPDATE events SET resource = '{}' WHERE kind = 'build'", "*kept event*")]
    [TestCase("DELETE FROM build_properties", "*properties*")]
    public async Task Run_MigrationSpoilsRows_ViolationIsFound(string fault, string message)
    {
        OldDatabase old = await OldDatabase.Create(_store, _store.Scripts.NewestVersion, new Random(1));
        await Execute(fault);

        Func<Task> run = () => new StoreExamination(_run, _store, old).Run();

        await run.Should().ThrowAsync<ViolationException>().WithMessage(message);
    }

    [TestCase("ALTER TABLE steps ADD COLUMN title TEXT", "*schema is another one*")]
    [TestCase("DELETE FROM steps WHERE id = 1", "*other rows*steps*")]
    [TestCase("PRAGMA user_version = 5", "*neither*")]
    public async Task Examine_HalfOfMigrationIsStored_ViolationIsFound(string fault, string message)
    {
        OldDatabase old = await OldDatabase.Create(_store, version: 4, new Random(1));
        await using var empty = new OldSqliteStore();
        InterruptedMigration expected = await InterruptedMigration.Expect(_store, old, empty);
        await Execute(fault);

        Func<Task> run = () => expected.Examine(_run, _store, mustBeNew: false);

        await run.Should().ThrowAsync<ViolationException>().WithMessage(message);
    }

    private async Task Execute(string sql)
    {
        await using DbConnection connection = await _store.Connect();
        await connection.ExecuteAsync(sql);
    }
}
