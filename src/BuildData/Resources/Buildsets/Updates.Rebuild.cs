using BuildData.Resources;
using BuildData.Resources.Buildsets;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Requests a build again. Adds a buildset with the source stamps and the properties of the given build's buildset, and with one build
    /// request for the same builder. Announces the same events as <see cref="AddBuildset"/>.
    /// </summary>
    /// <remarks>
    /// <see cref="Buildset.RebuiltBuildId"/> of the new buildset is the id of the original build. For example, build 2 is a rebuild of
    /// build 1, and build 3 is a rebuild of build 2. Then a rebuild of build 3 contains the id of build 1.
    /// </remarks>
    /// <param name="buildId">The id of the build. It may still run.</param>
    /// <param name="reason">The reason for the new buildset.</param>
    /// <param name="priority">The priority of the new build request.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The ids of the buildset and its build request.</returns>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public Task<AddedBuildset> Rebuild(long buildId, string reason = "rebuild", long priority = 0, CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(reason, nameof(reason));
        return Write(
            static async (context, args) =>
            {
                Build build = await context.Get(new BuildByRef(args.buildId), args.buildId).ConfigureAwait(false);
                BuildRequest request = await context.Get(new BuildRequestById(build.BuildRequestId), build.BuildRequestId).ConfigureAwait(false);
                Buildset original = await context.Get(new BuildsetById(request.BuildsetId), request.BuildsetId).ConfigureAwait(false);
                PropertyMap properties = await BuildsetTable.GetProperties(context, request.BuildsetId).ConfigureAwait(false);
                var rebuild = new Buildset { Reason = args.reason, RebuiltBuildId = original.RebuiltBuildId ?? args.buildId };
                SourceStampRef[] stamps = [.. original.SourceStamps.Select(stamp => (SourceStampRef)stamp.SourceStampId)];
                return await RunAddBuildset(
                    context,
                    new AddBuildsetArguments(
                        rebuild, stamps, properties, [build.BuilderId], WaitedFor: false, args.priority, UniqueKey: null, SubmittedAt: null)).ConfigureAwait(false);
            },
            (buildId, reason, priority),
            cancellationToken,
            static (plan, args) =>
            {
                // Which builder and which requests to lock is known only when the update runs.
                plan.AddReference(ResourceTables.Builds, args.buildId);
                plan.AddTables(
                    ResourceTables.Masters, ResourceTables.Builders, ResourceTables.SourceStamps, ResourceTables.Buildsets, ResourceTables.BuildRequests);
                plan.SetRunsAlone();
            });
    }
}
