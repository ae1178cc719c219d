using BuildData.Resources;
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
    /// Adds a buildset with a build request for each builder. Announces the event <c>new</c> for each request, then for the buildset.
    /// If there are no builders, completes the buildset at once with the result Success, and announces the event <c>complete</c>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A new request replaces the waiting requests of the same builder that would build the same thing. A waiting request is neither
    /// claimed nor complete. <see cref="BuildDataOptions.CollapseBuildRequests"/> defines which requests build the same thing. In the
    /// same transaction, the call claims the replaced requests and completes them as <see cref="BuildResult.Skipped"/>. The call announces
    /// the events <c>claimed</c> and <c>complete</c> for each replaced request. The new request's id becomes the
    /// <see cref="BuildRequest.ReplacedByBuildRequestId"/> of the replaced request.
    /// </para>
    /// <para>
    /// A buildset's result is the worst of Success and its requests' results. Skipped is not worse than Success. Therefore a buildset
    /// whose requests were all replaced has the result <see cref="BuildResult.Success"/>, although nothing was built.
    /// </para>
    /// </remarks>
    /// <param name="scheduler">The name of the scheduler that requests the builds.</param>
    /// <param name="sourceStamps">
    /// The source code to build: ids of existing source stamps, or keys. If no source stamp has a key, the call adds a source stamp with
    /// this key.
    /// </param>
    /// <param name="reason">The reason for the builds.</param>
    /// <param name="properties">The properties of the buildset. Its requests have the same properties.</param>
    /// <param name="builderIds">The ids of the builders. The call adds one build request for each builder.</param>
    /// <param name="externalIdString">Any text that identifies the buildset to an external program.</param>
    /// <param name="parentBuildId">The id of the build that triggered the buildset; null if no build did.</param>
    /// <param name="parentRelationship">Any text that describes the relationship to the build that triggered the buildset.</param>
    /// <param name="waitedFor">Whether the build that triggered the buildset waits until the buildset is complete.</param>
    /// <param name="rebuiltBuildId">The id of the original build if the buildset is a rebuild; otherwise null.</param>
    /// <param name="priority">
    /// The priority of the requests. Requests with a higher priority should be built first. With
    /// <see cref="CollapsePolicy.WhenSame"/>, a new request that replaces a request with a higher priority gets that priority.
    /// </param>
    /// <param name="uniqueKey">
    /// A text of any length that identifies the buildset, such as the id of a webhook's delivery. If a buildset with this key exists, the
    /// call ignores all other arguments, changes nothing, announces no event, and returns that buildset. If several callers use the same
    /// key at the same time, on any master, exactly one of them adds the buildset. <see cref="Buildset"/> does not contain the key.
    /// </param>
    /// <param name="submittedAt">The time at which the builds were requested. Null stands for the current time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The ids of the buildset and its build requests, and whether they are new.</returns>
    /// <exception cref="ArgumentException">A builder occurs twice, a text is not well-formed Unicode, or the unique key or the name of a property is empty.</exception>
    /// <exception cref="ResourceNotFoundException">A builder, source stamp or build does not exist.</exception>
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
        DateTimeOffset? submittedAt = null,
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
            throw new ArgumentException("A builder occurs twice. A buildset has one build request for each builder, so pass each id once.", nameof(builderIds));

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
            RunAddBuildset,
            new AddBuildsetArguments(buildset, stamps, ownProperties, builders, waitedFor, priority, uniqueKey, Timestamp.RoundDownToMicroseconds(submittedAt)),
            cancellationToken,
            PlanAddBuildset);
    }

    /// <summary>
    /// Completes a buildset if all its build requests are complete. The buildset's result is the worst of Success and the requests' results.
    /// Announces the event <c>complete</c>.
    /// </summary>
    /// <remarks>
    /// Does nothing if any request is not complete, or if the buildset is already complete. Of several concurrent callers, exactly one
    /// completes the buildset.
    /// </remarks>
    /// <param name="buildsetId">The id of the buildset.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
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
            static (plan, buildsetId) => plan.AddRowToLock(ResourceTables.Buildsets, buildsetId));

    private static void PlanAddBuildset(PrefetchPlan plan, AddBuildsetArguments buildset)
    {
        plan.AddNeed(buildset);
        bool collapses = CollapseKey.CanRequestsHaveKey(plan.Options.CollapseBuildRequests, buildset.WaitedFor);
        foreach (long builder in buildset.BuilderIds)
        {
            plan.AddReference(ResourceTables.Builders, builder);
            if (collapses)
                plan.AddRowToLock(ResourceTables.Builders, builder);
        }

        foreach (long? build in (ReadOnlySpan<long?>)[buildset.Buildset.ParentBuildId, buildset.Buildset.RebuiltBuildId])
        {
            if (build is { } id)
                plan.AddReference(ResourceTables.Builds, id);
        }

        plan.AddNewIds(ResourceTables.Buildsets);
        plan.AddNewIds(ResourceTables.BuildRequests, buildset.BuilderIds.Length);

        // The plan includes the tables that foreign keys refer to, even if a key is null.
        plan.AddTables(ResourceTables.Builders, ResourceTables.SourceStamps, ResourceTables.Builds, ResourceTables.Masters);
    }

    private static async ValueTask<AddedBuildset> RunAddBuildset(UpdateContext context, AddBuildsetArguments args)
    {
        if (args.UniqueKey is { } key && await UniqueKeyLookup.TryGetBuildsetId(context, key).ConfigureAwait(false) is { } existing)
            return await UniqueKeyLookup.GetAddedBuildset(context, existing).ConfigureAwait(false);

        foreach (long builderId in args.BuilderIds)
            await context.EnsureExists(new BuilderByRef(builderId), new RowKey(ResourceTables.Builders.Name, builderId)).ConfigureAwait(false);
        if (args.Buildset.ParentBuildId is { } parent)
            await context.EnsureExists(new BuildByRef(parent), new RowKey(ResourceTables.Builds.Name, parent)).ConfigureAwait(false);
        if (args.Buildset.RebuiltBuildId is { } rebuilt)
            await context.EnsureExists(new BuildByRef(rebuilt), new RowKey(ResourceTables.Builds.Name, rebuilt)).ConfigureAwait(false);
        foreach (SourceStampRef known in args.SourceStamps.Where(stamp => stamp.Id is not null))
            await SourceStampTable.GetOrAdd(context, known).ConfigureAwait(false);

        // All arguments are checked by now: an update validates before it writes.
        Buildset buildset = args.Buildset with { SubmittedAt = args.SubmittedAt ?? context.Now };
        long id = await BuildsetTable.Insert(context, buildset, args.UniqueKey).ConfigureAwait(false);
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef named in args.SourceStamps)
        {
            SourceStamp stamp = await SourceStampTable.GetOrAdd(context, named).ConfigureAwait(false);
            stamps[stamp.SourceStampId] = stamp;
        }

        buildset = buildset with { BuildsetId = id, SourceStamps = stamps.Count == 0 ? [] : new EquatableList<SourceStamp>([.. stamps.Values]) };
        await BuildsetTable.InsertSourceStampsAndProperties(context, buildset, args.Properties).ConfigureAwait(false);

        var requests = new List<BuildRequest>();
        CollapsePolicy policy = context.Options.CollapseBuildRequests;
        string? collapseKey = CollapseKey.Compute(policy, buildset.SourceStamps, args.Properties, args.WaitedFor);
        ReplaceableRequests older = await ReplaceableRequests.FindAndLock(context, args.BuilderIds, buildset.SourceStamps, collapseKey).ConfigureAwait(false);
        foreach (long builderId in args.BuilderIds)
        {
            var request = new BuildRequest
            {
                BuildsetId = buildset.BuildsetId,
                BuilderId = builderId,
                Priority = older.GetPriorityOfNewRequest(policy, builderId, args.Priority),
                SubmittedAt = buildset.SubmittedAt,
                WaitedFor = args.WaitedFor,
            };
            request = await BuildRequestTable.Insert(context, request, collapseKey).ConfigureAwait(false);
            await BuildRequestTable.Announce(context, request, "new").ConfigureAwait(false);
            requests.Add(request);
        }

        BuildsetTable.AddToCache(context, buildset, requests.Count);
        BuildsetTable.Announce(context, buildset, "new");
        if (requests.Count == 0)
            await BuildsetTable.Complete(context, buildset, BuildResult.Success).ConfigureAwait(false);
        else
            await older.CompleteAsReplacedBy(context, requests).ConfigureAwait(false);

        return new AddedBuildset(
            buildset.BuildsetId, requests.ToDictionary(request => request.BuilderId, request => request.BuildRequestId).AsReadOnly());
    }
}
