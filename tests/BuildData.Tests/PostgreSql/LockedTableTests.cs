using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>Another session locks a table, as ALTER TABLE, TRUNCATE or VACUUM FULL do: those wait who need it, and nobody else.</summary>
internal sealed class LockedTableTests() : MasterTests(StoreKinds.PostgreSql)
{
    private const int Callers = 16;

    private SteadyLoad _steps = null!;
    private SteadyLoad _builds = null!;
    private SteadyLoad _buildsets = null!;
    private SteadyLoad _requests = null!;

    [SetUp]
    public async Task StartLoad()
    {
        long[] steps = await Updates.Steps(Callers, "steps");
        long[] builds = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Updates.Build($"builds {i}")));
        (long _, long RequestId, long BuilderId)[] requests =
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Updates.Request($"requests {i}")));
        long[] builders = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Updates.FindBuilderId($"buildsets {i}")));

        _steps = SteadyLoad.Start(Callers, (caller, number) => (number % 3) switch
        {
            0 => Updates.SetStepStateString(steps[caller], $"{number}"),
            1 => Updates.StartStep(steps[caller]),
            _ => Updates.FinishStep(steps[caller], BuildResult.Success),
        });
        _builds = SteadyLoad.Start(Callers, (caller, number) => Updates.SetBuildStateString(builds[caller], $"{number}"));
        _buildsets = SteadyLoad.Start(Callers, (caller, _) => Updates.AddBuildset(builderIds: [builders[caller]]));
        _requests = SteadyLoad.Start(Callers, (caller, number) => number % 2 == 0
            ? Updates.ClaimBuildRequests([requests[caller].RequestId])
            : Updates.UnclaimBuildRequests([requests[caller].RequestId]));
    }

    [Test]
    public async Task Updates_StepsAreLocked_OthersCompleteMeanwhileAndThoseOfStepsAfterwards()
    {
        await _steps.GoesOn();
        await using (await Lock("steps"))
        {
            await _builds.GoesOn();
            await _buildsets.GoesOn();
            await _requests.GoesOn();
        }

        await _steps.GoesOn();
        await StopAll();
    }

    [Test]
    public async Task Updates_BuildsAreLocked_ThoseOfStepsCompleteMeanwhileAndOthersAfterwards()
    {
        await _builds.GoesOn();
        await using (await Lock("builds"))
            await _steps.GoesOn();

        await _builds.GoesOn();
        await StopAll();
    }

    protected override void Configure(BuildDataOptions options) => options.CollapseBuildRequests = CollapsePolicy.Never;

    private Task StopAll() => Task.WhenAll(_steps.Stop(), _builds.Stop(), _buildsets.Stop(), _requests.Stop());

    /// <summary>Locks a table until the connection is closed.</summary>
    private async Task<NpgsqlConnection> Lock(string table)
    {
        var session = new NpgsqlConnection(((PostgreSqlTestStore)Store).ConnectionString + ";Pooling=false");
        await session.OpenAsync();
        await session.ExecuteAsync($"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        return session;
    }
}
