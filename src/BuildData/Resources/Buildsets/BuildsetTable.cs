using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Resources.Buildsets;

/// <summary>Reads and writes buildsets within an update.</summary>
internal static class BuildsetTable
{
    /// <summary>Inserts the row of a buildset, and returns the new id. Inserts neither source stamps nor properties.</summary>
    public static async ValueTask<long> Insert(UpdateContext context, Buildset buildset, string? uniqueKey)
    {
        // If another writer adds the same key first, the statement fails, and the store runs the transaction again.
        long id = await context.Session.Insert(
            "buildsets",
            """
            INSERT INTO buildsets (id, scheduler, external_idstring, reason, submitted_at, complete, parent_build_id, parent_relationship, rebuilt_build_id, unique_key)
            VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9)
            """,
            buildset.Scheduler, buildset.ExternalIdString, buildset.Reason, buildset.SubmittedAt,
            buildset.ParentBuildId, buildset.ParentRelationship, buildset.RebuiltBuildId, uniqueKey).ConfigureAwait(false);
        if (uniqueKey is not null)
            Cache(context).UniqueKeys[uniqueKey] = id;
        return id;
    }

    /// <summary>Inserts the source stamps and the properties of a buildset. The buildset's row must already exist.</summary>
    public static async ValueTask InsertSourceStampsAndProperties(UpdateContext context, Buildset buildset, PropertyMap properties)
    {
        long id = buildset.BuildsetId;
        foreach (SourceStamp stamp in buildset.SourceStamps)
        {
            await context.Session.Execute(
                "INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) VALUES ($1, $2)",
                id, stamp.SourceStampId).ConfigureAwait(false);
        }

        foreach ((string name, Property property) in properties)
        {
            await context.Session.Execute(
                "INSERT INTO buildset_properties (buildset_id, name, value, source) VALUES ($1, $2, $3, $4)",
                id, name, property.Value.GetRawText(), property.Source).ConfigureAwait(false);
        }

        Cache(context).Properties[id] = properties.Freeze();
    }

    /// <summary>Adds a new buildset to the cache, because later updates of the transaction may complete its build requests.</summary>
    public static void AddToCache(UpdateContext context, Buildset buildset, int requestCount)
    {
        Cache(context).Buildsets[buildset.BuildsetId] = buildset;
        Cache(context).Progress[buildset.BuildsetId] = new BuildsetProgress { IncompleteCount = requestCount };
    }

    /// <summary>Returns a buildset, and locks the buildset's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such buildset.</exception>
    public static ValueTask<Buildset> GetForUpdate(UpdateContext context, long buildsetId) =>
        Cache(context).Buildsets.TryGet(buildsetId, out Buildset? cached)
            ? new ValueTask<Buildset>(cached)
            : context.GetForUpdate(new BuildsetById(buildsetId), buildsetId);

    /// <summary>Locks a buildset's row. Until the transaction ends, no other transaction can complete the buildset.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such buildset.</exception>
    public static ValueTask Lock(UpdateContext context, long buildsetId) =>
        context.Lock(new BuildsetById(buildsetId), new RowKey(ResourceTables.Buildsets.Name, buildsetId));

    /// <summary>Returns the properties of a buildset. The properties of a buildset never change.</summary>
    public static ValueTask<PropertyMap> GetProperties(UpdateContext context, long buildsetId) =>
        Cache(context).Properties.TryGet(buildsetId, out PropertyMap? cached)
            ? new ValueTask<PropertyMap>(cached)
            : context.Get(new PropertiesOfBuildset(buildsetId), buildsetId);

    /// <summary>
    /// Completes a buildset if all its requests are complete. Does nothing if the buildset is already complete. The buildset's result
    /// is the worst of Success and the requests' results.
    /// </summary>
    /// <exception cref="ResourceNotFoundException">There is no such buildset.</exception>
    public static async ValueTask CompleteIfDone(UpdateContext context, long buildsetId)
    {
        // The lock makes concurrent transactions take turns. The one that completes the last request sees all the others complete.
        Buildset buildset = await GetForUpdate(context, buildsetId).ConfigureAwait(false);
        if (buildset.Complete)
            return;

        BuildsetProgress progress = await GetProgress(context, buildsetId).ConfigureAwait(false);
        if (progress.IncompleteCount > 0)
            return;

        BuildResult worst = progress.Results.Aggregate(BuildResult.Success, (worst, result) => worst.Worst(result));
        await Complete(context, buildset, worst).ConfigureAwait(false);
    }

    /// <summary>
    /// Completes a buildset with a result, and announces the event <c>complete</c>. Does not check whether the requests are complete.
    /// </summary>
    public static async ValueTask Complete(UpdateContext context, Buildset buildset, BuildResult results)
    {
        buildset = buildset with { Complete = true, CompleteAt = context.NowButNotBefore(buildset.SubmittedAt), Results = results };
        await context.Session.Execute(
            "UPDATE buildsets SET complete = 1, complete_at = $2, results = $3 WHERE id = $1",
            buildset.BuildsetId, buildset.CompleteAt, buildset.Results).ConfigureAwait(false);
        Cache(context).Buildsets[buildset.BuildsetId] = buildset;
        Announce(context, buildset, "complete");
    }

    public static void Announce(UpdateContext context, Buildset buildset, string eventName) =>
        context.Announce(BuildsetDefinition.Instance, eventName, buildset, buildset.BuildsetId);

    private static BuildsetCache Cache(UpdateContext context) => context.Cache.GetPart<BuildsetCache>();

    private static async ValueTask<BuildsetProgress> GetProgress(UpdateContext context, long buildsetId)
    {
        if (Cache(context).Progress.TryGet(buildsetId, out BuildsetProgress? cached))
            return cached;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT DISTINCT results FROM buildrequests WHERE buildset_id = {buildsetId}");
        var progress = new BuildsetProgress();
        foreach (long? results in await context.Session.Rows<long?>(sql, CancellationToken.None).ConfigureAwait(false))
        {
            if (results is { } ended)
                progress.Results.Add((BuildResult)ended);
            else
                progress.IncompleteCount = 1;
        }

        return progress;
    }
}
