namespace BuildData.Torture.Model;

/// <content>The recovery after a crash.</content>
internal sealed partial class ProjectModel
{
    /// <summary>Returns what a project is after the work of a killed master was ended.</summary>
    public static ProjectState Recover(ProjectState state, long masterId)
    {
        var model = new ProjectModel(state, masterId, outcome: null);
        foreach (BuildState build in state.Builds.Where(build => build.MasterId == masterId))
            model.ChangeBuild(build.Id, EndBuild);
        foreach (RequestState request in state.Requests.Where(request => !request.Complete && request.ClaimedBy == masterId))
            model.Run(new UnclaimRequests([request.Id]));
        return model._state;
    }

    /// <summary>Returns what a project is after another master has cleaned up after a dead one. Steps of complete builds stay as they are.</summary>
    public static ProjectState CleanUp(ProjectState state, long masterId)
    {
        var model = new ProjectModel(state, masterId, outcome: null);
        if (state.Worker is { } worker)
        {
            model.Run(new ConfigureWorker(worker.Id, []));
            model.Run(new DisconnectWorker(worker.Id));
        }

        foreach (BuildState build in state.Builds.Where(build => !build.Complete && build.MasterId == masterId))
            model.ChangeBuild(build.Id, EndBuild);
        foreach (RequestState request in state.Requests.Where(request => !request.Complete && request.ClaimedBy == masterId))
            model.Run(new UnclaimRequests([request.Id]));
        return model._state;
    }

    private static BuildState EndBuild(BuildState build)
    {
        BuildResult result = build is { Complete: false, CancelReason: not null } ? BuildResult.Cancelled : BuildResult.Retry;
        build = build with
        {
            Steps = build.Steps.ChangeAll(step => step.Complete ? step : step with { Complete = true, Results = result, Logs = step.Logs.ChangeAll(log => log with { Complete = true }) }),
        };
        return build.Complete ? build : build with { Complete = true, Results = result };
    }
}
