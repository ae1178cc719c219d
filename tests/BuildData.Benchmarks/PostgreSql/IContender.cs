namespace BuildData.Benchmarks;

/// <summary>
/// The updates that the races on PostgreSQL are made of. When a task completes, the update and its event are on the server's disk.
/// </summary>
internal interface IContender : IAsyncDisposable
{
    Task<StepKey> NewStep(long buildId, string name);

    Task StartStep(StepKey step);

    Task SetStepStateString(StepKey step, string stateString);

    Task AddStepUrl(StepKey step, string name, string url);

    Task FinishStep(StepKey step, BuildResult results);

    /// <summary>Adds a buildset with one build request, of the source stamp that all share.</summary>
    Task<long> AddBuildset(long builderId, string owner);

    /// <summary>Returns false if the build request is claimed or complete already.</summary>
    Task<bool> ClaimBuildRequest(long requestId);

    Task<long> AddBuild(long builderId, long requestId);

    Task FinishBuild(long buildId, BuildResult results);

    /// <summary>Completes a build request, and its buildset too if it was the last one. Returns false if it is complete already.</summary>
    Task<bool> CompleteBuildRequest(long requestId, BuildResult results);

    void CloseIdleConnections();
}

/// <summary>Names a step. Not every contender needs the build to find it.</summary>
internal readonly record struct StepKey(long BuildId, long StepId);
