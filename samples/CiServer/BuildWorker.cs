using System.Diagnostics;

namespace BuildData.Samples.CiServer;

/// <summary>Takes one build request after another, and runs the commands of its builder as the steps of a build.</summary>
internal sealed class BuildWorker(DataApi data, Dictionary<long, (string Name, string Command)[]> builders, CancellationToken stopping)
{
    private readonly Updates _updates = data.Updates;

    public async Task Run(string name)
    {
        long workerId = await _updates.EnsureWorker(name);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                // StartNext claims a request and adds a build in one change. Exactly one worker gets the request.
                if (await _updates.StartNext(workerId, builders.Keys) is { } build)
                    await RunBuild(build);
                else
                    await data.WaitForNext(workerId, builders.Keys, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops while this worker has nothing to do.
        }
    }

    private async Task RunBuild(StartedBuild build)
    {
        // The token is cancelled when somebody cancels the build, also if that happened before this call.
        await using BuildCancellation cancellation = await data.CancellationOf(build.BuildId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation.Token, stopping);
        var results = BuildResult.Success;
        foreach ((string name, string command) in builders[build.Request.BuilderId])
        {
            if (results == BuildResult.Success)
                results = await RunStep(name, command);
        }

        // One change: if the server is killed before it, the build is built again. If it is killed after it, the build is done.
        await _updates.Transaction(async updates =>
        {
            await updates.FinishBuild(build.BuildId, results);
            if (results == BuildResult.Retry)
                await updates.UnclaimBuildRequests([build.Request.BuildRequestId]);
            else if (await updates.CompleteBuildRequests([build.Request.BuildRequestId], results) is { Succeeded: false } refusal)
                throw new InvalidOperationException($"The build request was not completed: {refusal}");
        });

        async Task<BuildResult> RunStep(string name, string command)
        {
            AddedStep step = await _updates.NewStep(build.BuildId, name);
            await _updates.StartStep(step.StepId);
            await _updates.SetBuildStateString(build.BuildId, name);

            int? exitCode = await RunCommand(step.StepId, command, stop.Token);
            BuildResult result = cancellation.Token.IsCancellationRequested ? BuildResult.Cancelled
                : stopping.IsCancellationRequested ? BuildResult.Retry
                : exitCode == 0 ? BuildResult.Success : BuildResult.Failure;

            await _updates.SetStepStateString(step.StepId, exitCode is { } code ? $"exit code {code}" : "killed");
            await _updates.FinishStep(step.StepId, result);
            return result;
        }
    }

    /// <summary>
    /// Runs a shell command until it ends, and records its output in a log of the step. When the token is cancelled, kills the command with all
    /// processes that it has started, and returns null.
    /// </summary>
    private async Task<int?> RunCommand(long stepId, string command, CancellationToken stop)
    {
        var shell = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", $"/d /c {command}") : new ProcessStartInfo("/bin/sh", ["-c", command]);
        await using StdioLogWriter log = await _updates.OpenStdioLogWriter(stepId, cancellationToken: CancellationToken.None);
        try
        {
            return await log.RunProcess(shell, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
