using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>Updates of rows that a master knows share a transaction with updates that have to ask the server.</summary>
internal sealed class KnownRowsTests
{
    private const int Callers = 32;
    private const int RunAgain = 100;

    private readonly FakeLogCollector _log = new();
    private PostgreSqlTestStore _store = null!;
    private Master _master = null!;

    private Updates Updates => _master.Data.Updates;

    [SetUp]
    public async Task OpenMaster()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        _master = await _store.Open(options => options.LoggerFactory = _log.ToLoggerFactory());
    }

    [TearDown]
    public async Task CloseMaster()
    {
        // There is none if the tests were skipped because there is no server.
        if (_master is null)
            return;
        await _master.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task NewStep_OfABuildWithVeryManySteps_HoldsUpNoUpdatesOfKnownRows()
    {
        long[] steps = await Updates.Steps(Callers);
        long crowded = await Updates.Build("crowded");
        await _store.Scalar<long?>(
            $"""
            INSERT INTO steps (build_id, builder_id, number, name, complete, state_string, hidden)
            SELECT {crowded}, builder_id, i, 'step-' || i, 0, '', 0 FROM builds, generate_series(0, 10100) AS i WHERE id = {crowded}
            """);
        await Updates.NewStep(crowded, "first");
        _log.Clear();

        for (int round = 0; round < 5; round++)
        {
            await Task.WhenAll(steps.Select((step, i) => Task.Run(() => i % 4 == 0
                ? Updates.NewStep(crowded, "another")
                : Updates.SetStepStateString(step, $"round {round}"))));
        }

        _log.GetSnapshot().Should().NotContain(record => record.Id == RunAgain);
        (await _master.Data.Count<Step>($"/builds/{crowded}/steps")).Should().Be(10_101 + 1 + (5 * Callers / 4));
    }
}
