using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>BuildData itself: a master of its own in each process.</summary>
internal sealed class OwnContender : IContender
{
    private readonly Master _master;
    private readonly Updates _updates;
    private readonly long _workerId;

    private OwnContender(Master master, long workerId)
    {
        _master = master;
        _updates = master.Data.Updates;
        _workerId = workerId;
    }

    public static async Task<OwnContender> Open(RacerStart start)
    {
        Master master = await Master.Open(o =>
        {
            o.UsePostgreSql(start.ConnectionString);
            o.MasterName = string.Create(CultureInfo.InvariantCulture, $"racer-{start.Index}");

            // Callers would replace each other's build requests.
            o.CollapseBuildRequests = CollapsePolicy.Never;
        });
        return new OwnContender(master, start.Rows.WorkerId);
    }

    public async Task<StepKey> NewStep(long buildId, string name) => new(buildId, (await _updates.NewStep(buildId, name)).StepId);

    public Task StartStep(StepKey step) => _updates.StartStep(step.StepId);

    public Task SetStepStateString(StepKey step, string stateString) => _updates.SetStepStateString(step.StepId, stateString);

    public Task AddStepUrl(StepKey step, string name, string url) => _updates.AddStepUrl(step.StepId, name, url);

    public Task FinishStep(StepKey step, BuildResult results) => _updates.FinishStep(step.StepId, results, hidden: false);

    public async Task<long> AddBuildset(long builderId, string owner) =>
        (await _updates.AddBuildset(
            scheduler: "nightly",
            sourceStamps: [SharedSourceStamp.Key],
            reason: "race",
            properties: new() { ["owner"] = (owner, "Scheduler") },
            builderIds: [builderId])).BuildRequestIds[builderId];

    public async Task<bool> ClaimBuildRequest(long requestId) => await _updates.ClaimBuildRequests([requestId]);

    public async Task<long> AddBuild(long builderId, long requestId) => (await _updates.AddBuild(builderId, requestId, _workerId)).BuildId;

    public Task FinishBuild(long buildId, BuildResult results) => _updates.FinishBuild(buildId, results);

    public async Task<bool> CompleteBuildRequest(long requestId, BuildResult results) => await _updates.CompleteBuildRequests([requestId], results);

    public void CloseIdleConnections()
    {
        // It has few.
    }

    public ValueTask DisposeAsync() => _master.DisposeAsync();
}
