using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;

namespace BuildData.History;

/// <summary>
/// Decides which candidates can be removed, and which other resources are removed with them. These are the steps of the builds, and then
/// build requests without builds, buildsets without build requests, and source stamps without buildsets.
/// </summary>
/// <remarks>
/// <para>A dry run and a removal both use this class, so both find the same resources.</para>
/// <para>Other transactions may write at the same time. Therefore the reader first locks a candidate row, and then this class looks for
/// rows that refer to the candidate. A transaction that adds a reference to a row locks that row. So either the reader skips the candidate,
/// or this class sees all references to it.</para>
/// </remarks>
/// <param name="reader">Reads the rows.</param>
/// <param name="removed">The rows that a dry run has already counted as removed.</param>
/// <param name="isDryRun">Whether this is a dry run. A dry run counts source stamps only at its end, so this class does not look for them.</param>
internal sealed class RemovalDecider(RemovalReader reader, RemovedIds removed, bool isDryRun)
{
    private readonly Removal _removal = new();

    public async ValueTask<Removal> Decide(RemovalCandidates candidates)
    {
        NewestRows newest = await reader.ReadNewest().ConfigureAwait(false);
        await AddBuilds([.. candidates.Builds.Where(id => !newest.NeedBuild(id) && !removed.Builds.Contains(id))]).ConfigureAwait(false);
        await AddRequests(
            [.. Union(candidates.Requests, _removal.Builds.Select(build => build.BuildRequestId)).Where(id => id != newest.Request && !removed.Requests.Contains(id))])
            .ConfigureAwait(false);
        await AddBuildsets(
            [.. Union(candidates.Buildsets, _removal.Requests.Select(request => request.BuildsetId)).Where(id => !newest.NeedBuildset(id) && !removed.Buildsets.Contains(id))])
            .ConfigureAwait(false);
        await AddLinksAndStamps().ConfigureAwait(false);
        return _removal;
    }

    private static SortedSet<long> Union(IEnumerable<long> candidates, IEnumerable<long> others) => [.. candidates, .. others];

    private async ValueTask AddBuilds(IReadOnlyList<long> ids)
    {
        List<Build> builds = await reader.ReadOld(BuildDefinition.Instance, ids, isSubmitted: false).ConfigureAwait(false);
        if (reader.LocksRows)
            _removal.SkippedBuilds.AddRange(ids.Except(builds.Select(build => build.BuildId)));

        long[] locked = [.. builds.Select(build => build.BuildId)];
        HashSet<long> needed = Owners(await reader.ReadTriggeredBuildsets(locked).ConfigureAwait(false), removed.Buildsets, []);
        needed.UnionWith(Owners(await reader.ReadRebuilds(locked).ConfigureAwait(false), removed.Buildsets, []));
        builds.RemoveAll(build => needed.Contains(build.BuildId));

        long[] removable = [.. builds.Select(build => build.BuildId)];
        List<IdPair> steps = await reader.ReadSteps(removable).ConfigureAwait(false);
        if (reader.LocksRows)
        {
            HashSet<long> blocked = await FindBuildsWithOtherSteps(removable, steps).ConfigureAwait(false);
            builds.RemoveAll(build => blocked.Contains(build.BuildId));
            steps.RemoveAll(step => blocked.Contains(step.OwnerId));
            _removal.SkippedBuilds.AddRange(blocked);
        }

        _removal.Builds.AddRange(builds);
        _removal.Steps.AddRange(steps);
    }

    /// <summary>
    /// Returns the builds that have steps which are missing in the given list. These steps are missing because another transaction has
    /// locked them.
    /// </summary>
    private async ValueTask<HashSet<long>> FindBuildsWithOtherSteps(long[] builds, List<IdPair> steps)
    {
        Dictionary<long, int> counts = steps.CountBy(step => step.OwnerId).ToDictionary();
        List<IdPair> all = await reader.CountSteps(builds).ConfigureAwait(false);
        return [.. all.Where(count => count.Id != counts.GetValueOrDefault(count.OwnerId)).Select(count => count.OwnerId)];
    }

    private async ValueTask AddRequests(IReadOnlyList<long> ids)
    {
        List<BuildRequest> requests = await reader.ReadOld(BuildRequestDefinition.Instance, ids, isSubmitted: true).ConfigureAwait(false);
        List<IdPair> builds = await reader.ReadBuilds([.. requests.Select(request => request.BuildRequestId)]).ConfigureAwait(false);
        HashSet<long> needed = Owners(builds, removed.Builds, [.. _removal.Builds.Select(build => build.BuildId)]);
        _removal.Requests.AddRange(requests.Where(request => !needed.Contains(request.BuildRequestId)));
    }

    private async ValueTask AddBuildsets(IReadOnlyList<long> ids)
    {
        List<Buildset> buildsets = await reader.ReadOld(BuildsetDefinition.Instance, ids, isSubmitted: true).ConfigureAwait(false);
        List<IdPair> requests = await reader.ReadRequests([.. buildsets.Select(buildset => buildset.BuildsetId)]).ConfigureAwait(false);
        HashSet<long> needed = Owners(requests, removed.Requests, [.. _removal.Requests.Select(request => request.BuildRequestId)]);
        _removal.Buildsets.AddRange(buildsets.Where(buildset => !needed.Contains(buildset.BuildsetId)));
    }

    private async ValueTask AddLinksAndStamps()
    {
        _removal.Links.AddRange(await reader.ReadLinks([.. _removal.Buildsets.Select(buildset => buildset.BuildsetId)]).ConfigureAwait(false));
        if (isDryRun)
            return;

        HashSet<long> orphans = await FindOrphans().ConfigureAwait(false);
        List<SourceStamp> stamps = await reader.Read(SourceStampDefinition.Instance, [.. orphans.Order()]).ConfigureAwait(false);
        if (reader.LocksRows && orphans.Count > 0)
        {
            // Another transaction adds a buildset with such a source stamp. If the transaction fails, this buildset is the last one that
            // leads to the source stamp. So it stays for now.
            HashSet<long> locked = [.. orphans.Except(stamps.Select(stamp => stamp.SourceStampId))];
            KeepBuildsetsOf(locked);

            // A transaction may have committed such a buildset before the source stamp was locked.
            orphans = await FindOrphans().ConfigureAwait(false);
            stamps.RemoveAll(stamp => !orphans.Contains(stamp.SourceStampId));
        }

        _removal.SourceStamps.AddRange(stamps);
    }

    private void KeepBuildsetsOf(HashSet<long> stamps)
    {
        HashSet<long> kept = [.. _removal.Links.Where(link => stamps.Contains(link.OwnerId)).Select(link => link.Id)];
        _removal.Buildsets.RemoveAll(buildset => kept.Contains(buildset.BuildsetId));
        _removal.Links.RemoveAll(link => kept.Contains(link.Id));
    }

    /// <summary>Returns the source stamps to which no buildset will refer after the removal.</summary>
    private async ValueTask<HashSet<long>> FindOrphans()
    {
        KeyValuePair<long, long>[] links = [.. _removal.Links.CountBy(link => link.OwnerId).Select(count => KeyValuePair.Create(count.Key, (long)count.Value))];
        HashSet<long> needed = await reader.FindStampsWithMoreLinks(links).ConfigureAwait(false);
        return [.. links.Select(link => link.Key).Where(stamp => !needed.Contains(stamp))];
    }

    /// <summary>Returns the owners of those rows that are in neither set of removed ids.</summary>
    private static HashSet<long> Owners(List<IdPair> rows, HashSet<long> goneBefore, HashSet<long> goneNow) =>
        [.. rows.Where(row => !goneBefore.Contains(row.Id) && !goneNow.Contains(row.Id)).Select(row => row.OwnerId)];
}
