using BuildData.Resources.BuildRequests;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Adds a buildset with a build request for each builder. Announced as <c>new</c> for each request, then for the buildset.
    /// With no builders it is complete at once, with Success, and announced as <c>complete</c> as well.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A new request replaces older ones of the same builder that are neither claimed nor complete and would build the same thing.
    /// <see cref="BuildDataOptions.CollapseBuildRequests"/> decides which these are. They are claimed and completed as
    /// <see cref="BuildResult.Skipped"/> in the same change, announced as <c>claimed</c> and <c>complete</c>, and name the new
    /// request in <see cref="BuildRequest.ReplacedByBuildRequestId"/>.
    /// </para>
    /// <para>
    /// A buildset reports the worst of Success and its requests' results. One whose requests were all skipped therefore reports
    /// <see cref="BuildResult.Success"/>, although nothing of it was built. Its requests show that.
    /// </para>
    /// </remarks>
    /// <param name="scheduler">What asks for it.</param>
    /// <param name="sourceStamps">What is to be built: ids of known source stamps, or keys, which are found or made.</param>
    /// <param name="reason">Why it is asked for.</param>
    /// <param name="properties">Properties of the buildset, which are those of its requests.</param>
    /// <param name="builderIds">The builders that are to build it.</param>
    /// <param name="externalIdString">Any text by which an outside program recognises it.</param>
    /// <param name="parentBuildId">The build that triggered it.</param>
    /// <param name="parentRelationship">How it relates to the build that triggered it.</param>
    /// <param name="waitedFor">Whether the build that triggered it waits for its end.</param>
    /// <param name="rebuiltBuildId">The first build that this is a rebuild of.</param>
    /// <param name="priority">
    /// The requests' priority: the higher, the sooner. With <see cref="CollapsePolicy.WhenSame"/>, a request that replaces one of a
    /// higher priority takes that one's.
    /// </param>
    /// <param name="uniqueKey">
    /// A text of any length that no other buildset has, such as the id of a webhook's delivery. If a buildset with this key exists,
    /// the call changes and announces nothing, whatever its other arguments are, and returns that buildset. Of any number of
    /// callers, on any number of masters, exactly one adds it. The key is not shown by <see cref="Buildset"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <returns>The ids of the buildset and its build requests, and whether they are new.</returns>
    /// <exception cref="ArgumentException">A builder is named twice, a text is not well-formed, or the unique key is empty.</exception>
    /// <exception cref="ResourceNotFoundException">A builder, source stamp or build that is named does not exist.</exception>
    public Task<AddedBuildset> AddBuildset(
        string? scheduler = null,
        IReadOnlyCollection<SourceStampRef>? sourceStamps = null,
        string reason = "",
        PropertyMap? properties = null,
        IReadOnlyCollection<long>? builderIds = null,
        string? externalIdString = null,
        long? parentBuildId = null,
        string? parentRelationship = null,
        bool waitedFor = false,
        long? rebuiltBuildId = null,
        long priority = 0,
        string? uniqueKey = null,
        CancellationToken cancellationToken = default)
    {
        UnicodeText.CheckOptional(scheduler, nameof(scheduler));
        UnicodeText.Check(reason, nameof(reason));
        UnicodeText.CheckOptional(externalIdString, nameof(externalIdString));
        UnicodeText.CheckOptional(parentRelationship, nameof(parentRelationship));
        if (uniqueKey is not null)
            ArgumentChecks.NotEmpty(uniqueKey, nameof(uniqueKey));
        long[] builders = [.. builderIds ?? []];
        if (builders.Distinct().Count() != builders.Length)
            throw new ArgumentException("A builder is named twice; a buildset has one build request for each.", nameof(builderIds));

        SourceStampRef[] stamps = [.. sourceStamps ?? []];
        foreach (SourceStampRef stamp in stamps)
            SourceStampTable.Check(stamp, nameof(sourceStamps));

        var ownProperties = new PropertyMap();
        foreach ((string name, Property property) in properties ?? PropertyMap.Empty)
        {
            ArgumentChecks.NotEmpty(name, nameof(properties));
            ownProperties.Add(name, property);
        }

        var buildset = new Buildset
        {
            Scheduler = scheduler,
            Reason = reason,
            ExternalIdString = externalIdString,
            ParentBuildId = parentBuildId,
            ParentRelationship = parentRelationship,
            RebuiltBuildId = rebuiltBuildId,
        };
        return Write(
            Add,
            new NewBuildset(buildset, stamps, ownProperties, builders, waitedFor, priority, uniqueKey),
            cancellationToken,
            Plan);
    }

    /// <summary>
    /// Completes a buildset, with the worst results, if all its build requests are complete and it is not; else does nothing.
    /// Announced as <c>complete</c>. Of any number of callers exactly one completes it.
    /// </summary>
    /// <param name="buildsetId">The buildset.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such buildset.</exception>
    public Task MaybeBuildsetComplete(long buildsetId, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, buildsetId) =>
            {
                await BuildsetTable.CompleteIfDone(context, buildsetId).ConfigureAwait(false);
                return default(NoResult);
            },
            buildsetId,
            cancellationToken,
            static (plan, buildsetId) => plan.Buildset(buildsetId));

    private static void Plan(PrefetchPlan plan, NewBuildset buildset)
    {
        plan.AddBuildset(buildset);
        if (CollapseKey.MayHaveOne(plan.Options.CollapseBuildRequests, buildset.WaitedFor))
            plan.LockBuilders();
    }

    private static async ValueTask<AddedBuildset> Add(UpdateContext context, NewBuildset args)
    {
        if (args.UniqueKey is { } key && await BuildsetKeyTable.TryGetBuildsetId(context, key).ConfigureAwait(false) is { } existing)
            return await BuildsetKeyTable.GetAdded(context, existing).ConfigureAwait(false);

        foreach (long builderId in args.BuilderIds)
            await context.EnsureExists(new BuilderByRef(builderId), new RowKey("builders", builderId)).ConfigureAwait(false);
        if (args.Buildset.ParentBuildId is { } parent)
            await context.EnsureExists(new BuildByRef(parent), new RowKey("builds", parent)).ConfigureAwait(false);
        if (args.Buildset.RebuiltBuildId is { } rebuilt)
            await context.EnsureExists(new BuildByRef(rebuilt), new RowKey("builds", rebuilt)).ConfigureAwait(false);
        foreach (SourceStampRef known in args.SourceStamps.Where(stamp => stamp.Id is not null))
            await SourceStampTable.GetOrAdd(context, known).ConfigureAwait(false);

        // From here on it writes.
        Buildset buildset = args.Buildset with { SubmittedAt = context.Now };
        long id = await BuildsetTable.Insert(context, buildset, args.UniqueKey).ConfigureAwait(false);
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef named in args.SourceStamps)
        {
            SourceStamp stamp = await SourceStampTable.GetOrAdd(context, named).ConfigureAwait(false);
            stamps[stamp.SourceStampId] = stamp;
        }

        buildset = buildset with { BuildsetId = id, SourceStamps = stamps.Count == 0 ? [] : new ValueList<SourceStamp>([.. stamps.Values]) };
        await BuildsetTable.InsertDetails(context, buildset, args.Properties).ConfigureAwait(false);

        var requests = new List<BuildRequest>();
        CollapsePolicy policy = context.Options.CollapseBuildRequests;
        string? collapseKey = CollapseKey.Of(policy, buildset.SourceStamps, args.Properties, args.WaitedFor);
        CollapsedRequests older = await CollapsedRequests.GetForUpdate(context, args.BuilderIds, buildset.SourceStamps, collapseKey).ConfigureAwait(false);
        foreach (long builderId in args.BuilderIds)
        {
            var request = new BuildRequest
            {
                BuildsetId = buildset.BuildsetId,
                BuilderId = builderId,
                Priority = older.Priority(policy, builderId, args.Priority),
                SubmittedAt = context.Now,
                WaitedFor = args.WaitedFor,
            };
            request = await BuildRequestTable.Insert(context, request, collapseKey).ConfigureAwait(false);
            await BuildRequestTable.Announce(context, request, "new").ConfigureAwait(false);
            requests.Add(request);
        }

        BuildsetTable.Cache(context, buildset, requests.Count);
        BuildsetTable.Announce(context, buildset, "new");
        if (requests.Count == 0)
            await BuildsetTable.Complete(context, buildset, BuildResult.Success).ConfigureAwait(false);
        else
            await older.ReplaceBy(context, requests).ConfigureAwait(false);

        return new AddedBuildset(
            buildset.BuildsetId, requests.ToDictionary(request => request.BuilderId, request => request.BuildRequestId).AsReadOnly());
    }
}
