using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Adds a build for a build request. The build has the state string <c>created</c>. Announces the event <c>new</c>.</summary>
    /// <param name="builderId">The id of the builder.</param>
    /// <param name="buildRequestId">The id of the build request.</param>
    /// <param name="workerId">The id of the worker that runs the build; null if the build has no worker.</param>
    /// <param name="startedAt">The start time. Null stands for the current time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The build's id and its number.</returns>
    /// <exception cref="ResourceNotFoundException">The builder, the build request or the worker does not exist.</exception>
    /// <exception cref="UpdateRefusedException">
    /// The build request belongs to another builder. With <see cref="Lifecycle.Strict"/>, this exception is also thrown if the request is
    /// not claimed, is claimed by another master or is complete, or if another build of the request still runs.
    /// </exception>
    public Task<AddedBuild> AddBuild(
        long builderId, long buildRequestId, long? workerId = null, DateTimeOffset? startedAt = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                await context.EnsureExists(new BuilderByRef(args.builderId), new RowKey(ResourceTables.Builders.Name, args.builderId)).ConfigureAwait(false);
                BuildRequest request = await BuildRequestTable.GetForUpdate(context, args.buildRequestId).ConfigureAwait(false);
                if (request.BuilderId != args.builderId)
                {
                    throw new UpdateRefusedException(
                        BuildRequestDefinition.Instance.Kind, args.buildRequestId,
                        $"The build request {args.buildRequestId} belongs to the builder {request.BuilderId}, so it can't have a build of the builder {args.builderId}.");
                }

                if (args.workerId is { } worker)
                    await context.EnsureExists(new WorkerByRef(worker), new RowKey(ResourceTables.Workers.Name, worker)).ConfigureAwait(false);

                await BuildRules.RequireCanAddBuild(context, request).ConfigureAwait(false);
                Build build = await BuildTable.AddForRequest(context, request, args.workerId, args.startedAt).ConfigureAwait(false);
                return new AddedBuild(build.BuildId, build.Number);
            },
            (builderId, buildRequestId, workerId, startedAt: Timestamp.RoundDownToMicroseconds(startedAt)),
            cancellationToken,
            static (plan, args) =>
            {
                plan.AddRowToLock(ResourceTables.Builders, args.builderId);
                plan.AddNeed(new LatestBuildNumberToPrefetch(args.builderId));
                plan.AddRowToLock(ResourceTables.BuildRequests, args.buildRequestId);
                if (args.workerId is { } worker)
                {
                    plan.AddReference(ResourceTables.Workers, worker);
                    plan.AddNeed(new WorkerNameToPrefetch(worker));
                }

                plan.AddNewIds(ResourceTables.Builds);
                plan.AddTables(ResourceTables.Workers, ResourceTables.Masters);
            });

    /// <summary>Sets a build's state string, a short text that describes the build's current activity. Announces the event <c>update</c>.</summary>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="stateString">A text that fits on one line.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public Task SetBuildStateString(long buildId, string stateString, CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(stateString, nameof(stateString));
        return Write(
            static async (context, args) =>
            {
                Build build = await BuildTable.GetForUpdate(context, args.buildId).ConfigureAwait(false);
                await BuildTable.SetStateString(context, build with { StateString = args.stateString }).ConfigureAwait(false);
                return default(NoResult);
            },
            (buildId, stateString),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Builds, args.buildId));
    }

    /// <summary>
    /// Finishes a build. Announces the event <c>finished</c>. If the build has already finished, replaces its completion time and its
    /// result, except with <see cref="Lifecycle.Strict"/>.
    /// </summary>
    /// <remarks>If no completion time is passed, the completion time is the current time, but never before the start of the build.</remarks>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="results">The result of the build.</param>
    /// <param name="completeAt">The completion time. Null stands for the current time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="results"/> is not a result code.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    /// <exception cref="UpdateRefusedException">
    /// The build has finished with another result, or one of its steps is not finished (<see cref="Lifecycle.Strict"/>).
    /// </exception>
    public Task FinishBuild(long buildId, BuildResult results, DateTimeOffset? completeAt = null, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.Result(results, nameof(results));
        return Write(
            static async (context, args) =>
            {
                Build build = await BuildTable.GetForUpdate(context, args.buildId).ConfigureAwait(false);
                if (!await BuildRules.RequireCanFinish(context, build, args.results).ConfigureAwait(false))
                    return default(NoResult);

                await BuildTable.Finish(
                    context, build with { Complete = true, CompleteAt = args.completeAt ?? context.NowButNotBefore(build.StartedAt), Results = args.results }).ConfigureAwait(false);
                return default(NoResult);
            },
            (buildId, results, completeAt: Timestamp.RoundDownToMicroseconds(completeAt)),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Builds, args.buildId));
    }

    /// <summary>
    /// Sets a property of a build. Replaces the property with the same name if the build has one. Announces the event <c>update</c>
    /// with the path <c>/builds/{buildid}/properties</c>. The event contains only the changed property.
    /// </summary>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="name">The property's name: any text that is not empty.</param>
    /// <param name="property">The property's value and source, for example <c>("9f3c1e", "Git")</c>.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public Task SetBuildProperty(long buildId, string name, Property property, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.NotEmpty(name, nameof(name));
        ArgumentNullException.ThrowIfNull(property);
        return Write(
            static async (context, args) =>
            {
                await BuildTable.GetForUpdate(context, args.buildId).ConfigureAwait(false);
                await BuildTable.SetProperty(context, args.buildId, args.name, args.property).ConfigureAwait(false);
                return default(NoResult);
            },
            (buildId, name, property),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Builds, args.buildId));
    }
}
