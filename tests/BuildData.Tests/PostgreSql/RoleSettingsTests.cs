using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>Administrators give roles settings that are meant for others. Masters work all the same.</summary>
[TestFixture("statement_timeout", "200ms")]
[TestFixture("lock_timeout", "100ms")]
[TestFixture("default_transaction_read_only", "on")]
[TestFixture("idle_in_transaction_session_timeout", "500ms")]
[TestFixture("idle_session_timeout", "500ms")]
[TestFixture("default_transaction_isolation", "serializable")]
[TestFixture("synchronous_commit", "off")]
internal sealed class RoleSettingsTests(string setting, string value) : StoreTests(StoreKinds.PostgreSql)
{
    // Longer than any of the limits.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private PostgreSqlTestStore _store = null!;
    private PostgreSqlRole _role = null!;
    private Master _master = null!;

    private Updates Updates => _master.Data.Updates;

    [SetUp]
    public async Task OpenMaster()
    {
        _store = (PostgreSqlTestStore)Store;
        _role = await PostgreSqlRole.Create(_store, (setting, value));
        _master = await _role.Open();
    }

    [TearDown]
    public async Task CloseMaster()
    {
        // There are none if the test was skipped because there is no server.
        if (_master is not null)
            await _master.DisposeAsync();
        if (_role is not null)
            await _role.DisposeAsync();
    }

    [Test]
    public async Task Updates_OfManyCallers_Complete()
    {
        const int Callers = 16;
        long[] steps = await Updates.Steps(4);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Updates.AddStepUrl(steps[caller % 4], "log", $"https://example.org/{caller}")));

        (await _master.Data.GetAll<Step>("/steps")).SelectMany(step => step.Urls).Should().HaveCount(Callers);
    }

    [Test]
    public async Task Everything_NothingWasDoneForLong_Works()
    {
        long step = await Updates.Step();
        await using Master other = await Store.Open(options => options.MasterName = "other");
        Subscription steps = _master.Data.Events.Subscribe("/steps/*", "updated");
        await _store.Pass(Long);

        (await _master.Data.Get<Step>($"/steps/{step}"))!.StateString.Should().Be("pending");
        await Updates.SetStepStateString(step, "own");
        await _store.Pass(Long);
        await other.Data.Updates.SetStepStateString(step, "other's");

        (await steps.Next(2)).Select(e => ((Step)e.Resource).StateString).Should().Equal("own", "other's");
    }

    [Test]
    public async Task Transaction_ThinksForLong_IsCommitted()
    {
        long[] steps = await Updates.Steps(2);

        await Updates.Transaction(async updates =>
        {
            await updates.SetStepStateString(steps[0], "before");
            await _store.Pass(Long);
            await updates.SetStepStateString(steps[1], "after");
            await _store.Pass(Long);
        });

        (await _master.Data.GetAll<Step>("/steps?order=stepid")).Select(step => step.StateString).Should().Equal("before", "after");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Update_RowIsHeldForLong_CompletesAfterwards(bool isInTransaction)
    {
        long step = await Updates.Step();
        await using var session = new NpgsqlConnection(_store.ConnectionString + ";Pooling=false");
        await session.OpenAsync();
        await session.ExecuteAsync($"BEGIN; SELECT 1 FROM steps WHERE id = {step} FOR UPDATE");

        Task update = isInTransaction
            ? Updates.Transaction(updates => updates.SetStepStateString(step, "changed"))
            : Updates.SetStepStateString(step, "changed");
        await _store.Pass(Long);
        update.IsCompleted.Should().BeFalse();
        await session.ExecuteAsync("ROLLBACK");

        await update.WaitAsync(Given.Patience);
        (await _master.Data.Get<Step>($"/steps/{step}"))!.StateString.Should().Be("changed");
    }
}
