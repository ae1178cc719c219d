using BuildData.Resources.BuildRequests;
using BuildData.Resources.Steps;
using BuildData.Stores;

namespace BuildData.Resources.Builds;

/// <summary>Refuses updates that do not fit the state of a build or of its build request.</summary>
internal static class BuildRules
{
    /// <summary>Checks whether this master can add a build for a request. The caller must have locked the request's row.</summary>
    /// <exception cref="UpdateRefusedException">The master can't add the build.</exception>
    public static async ValueTask RequireCanAddBuild(UpdateContext context, BuildRequest request)
    {
        if (context.Options.Lifecycle != Lifecycle.Strict)
            return;
        if (request is { Complete: false, Claimed: true } && request.ClaimedByMasterId != context.MasterId)
            throw Refuse(request, $"is claimed by the master {request.ClaimedByMasterId}, so this master can't add a build for it.");

        if (request.Complete)
            throw Refuse(request, "is complete, so it can't have a further build.");
        if (!request.Claimed)
            throw Refuse(request, "is not claimed, so it can't have a build. Claim it first.");
        if (await BuildTable.FindIncompleteIds(context, request.BuildRequestId).ConfigureAwait(false) is [long running, ..])
            throw Refuse(request, $"has the build {running}, which still runs. Finish that build first.");
    }

    /// <summary>Checks whether a build can get a new step.</summary>
    /// <exception cref="UpdateRefusedException">The build is finished.</exception>
    public static void RequireCanAddStep(UpdateContext context, Build build)
    {
        if (context.Options.Lifecycle == Lifecycle.Strict && build.Complete)
            throw Refuse(build, "is finished, so it can't get a further step.");
    }

    /// <summary>Checks whether a build can finish with a result.</summary>
    /// <returns>False if the build has already finished with the same result. Then the update changes nothing.</returns>
    /// <exception cref="UpdateRefusedException">The build has already finished with another result, or has steps that are not finished.</exception>
    public static async ValueTask<bool> RequireCanFinish(UpdateContext context, Build build, BuildResult results)
    {
        if (context.Options.Lifecycle != Lifecycle.Strict)
            return true;
        if (build.Complete)
            return build.Results == results ? false : throw Refuse(build, $"has already finished with the result {build.Results}, so it can't finish with {results}.");
        if (await StepTable.FindIncompleteName(context, build.BuildId).ConfigureAwait(false) is { } step)
            throw Refuse(build, $"can't finish, because its step '{step}' is not finished.");
        return true;
    }

    private static UpdateRefusedException Refuse(BuildRequest request, string reason) =>
        new(BuildRequestDefinition.Instance.Kind, request.BuildRequestId, $"The build request {request.BuildRequestId} {reason}");

    private static UpdateRefusedException Refuse(Build build, string reason) =>
        new(BuildDefinition.Instance.Kind, build.BuildId, $"The build {build.BuildId} {reason}");
}
