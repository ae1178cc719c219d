using BuildData.Stores;

namespace BuildData;

/// <summary>Reads and writes buildsets within an update.</summary>
internal static class BuildsetRows
{
    private const string InsertPlain =
        """
        INSERT INTO buildsets (id, scheduler, external_idstring, reason, submitted_at, complete, parent_build_id, parent_relationship, rebuilt_build_id, unique_key)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9)
        """;

    private const string InsertUnlessKeyExists = InsertPlain + " ON CONFLICT DO NOTHING";

    /// <summary>Adds a buildset, without its source stamps and properties.</summary>
    /// <returns>The id, and false if it is that of another buildset with the same unique key.</returns>
    public static async ValueTask<(long Id, bool IsNew)> Insert(UpdateScope scope, Buildset buildset, string? uniqueKey)
    {
        long id = await scope.Session.Insert(
            "buildsets", uniqueKey is null ? InsertPlain : InsertUnlessKeyExists,
            buildset.Scheduler, buildset.ExternalIdString, buildset.Reason, buildset.SubmittedAt,
            buildset.ParentBuildId, buildset.ParentRelationship, buildset.RebuiltBuildId, uniqueKey).ConfigureAwait(false);
        if (uniqueKey is null || !scope.Session.Dialect.HasSeveralWriters)
            return (id, true);

        // Another writer may have been first. The statement has waited for its commit, so it is seen here.
        long known = await BuildsetKeyRows.Find(scope, uniqueKey).ConfigureAwait(false)
            ?? throw new StoreException($"The id {id} of a new buildset is in use.");
        return (known, known == id);
    }

    /// <summary>Adds the source stamps and the properties of a buildset that has been added.</summary>
    public static async ValueTask InsertDetails(UpdateScope scope, Buildset buildset, PropertyMap properties)
    {
        long id = buildset.BuildsetId;
        foreach (SourceStamp stamp in buildset.SourceStamps)
        {
            await scope.Session.Execute(
                "INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) VALUES ($1, $2)",
                id, stamp.SourceStampId).ConfigureAwait(false);
        }

        foreach ((string name, Property property) in properties)
        {
            await scope.Session.Execute(
                "INSERT INTO buildset_properties (buildset_id, name, value, source) VALUES ($1, $2, $3, $4)",
                id, name, property.Value.GetRawText(), property.Source).ConfigureAwait(false);
        }
    }

    /// <summary>Completes the buildset with the worst results if all its requests are complete and it is not.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such buildset.</exception>
    public static async ValueTask CompleteIfDone(UpdateScope scope, long buildsetId)
    {
        // Of those who complete its last requests at the same time, the second finds here what the first has done.
        Buildset buildset = await scope.Lock(new BuildsetById(buildsetId), buildsetId).ConfigureAwait(false);
        if (buildset.Complete)
            return;

        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT DISTINCT results FROM buildrequests WHERE buildset_id = {buildsetId}");
        List<long?> results = await scope.Session.Rows<long?>(sql, CancellationToken.None).ConfigureAwait(false);
        if (results.Contains(null))
            return;

        BuildResult worst = results.Aggregate(BuildResult.Success, (worst, result) => worst.Worst((BuildResult)result!.Value));
        await Complete(scope, buildset, worst).ConfigureAwait(false);
    }

    public static async ValueTask Complete(UpdateScope scope, Buildset buildset, BuildResult results)
    {
        buildset = buildset with { Complete = true, CompleteAt = scope.NowNotBefore(buildset.SubmittedAt), Results = results };
        await scope.Session.Execute(
            "UPDATE buildsets SET complete = 1, complete_at = $2, results = $3 WHERE id = $1",
            buildset.BuildsetId, buildset.CompleteAt, buildset.Results).ConfigureAwait(false);
        Announce(scope, buildset, "complete");
    }

    public static void Announce(UpdateScope scope, Buildset buildset, string eventName) =>
        scope.Announce(Catalog.Buildsets, eventName, buildset, buildset.BuildsetId);
}
