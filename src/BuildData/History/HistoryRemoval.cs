using BuildData.Updating;

namespace BuildData.History;

/// <summary>
/// Removes old builds, and the resources that then are no longer needed. Works in parts: each part is one update. A dry run counts these
/// resources, and removes nothing.
/// </summary>
/// <remarks>
/// <para><see cref="CandidateScan"/> finds the candidates: resources that may be old. Each part runs in a transaction. There,
/// <see cref="RemovalDecider"/> decides which candidates can be removed.</para>
/// <para>A build stays while a buildset names it as the parent build or as the rebuilt build. If a part removes such a buildset, the build
/// becomes a candidate again. So the order of the parts does not matter.</para>
/// <para>If another transaction has locked a row, the part skips the row instead of waiting. At the end, the removal tries the skipped
/// builds once more. A skipped build request no longer has builds, and a skipped buildset no longer has build requests. So the later pages
/// of the scan find both again.</para>
/// </remarks>
/// <param name="writer">Reads from the store.</param>
/// <param name="clock">Measures the time.</param>
/// <param name="before">The time before which resources must have been completed.</param>
/// <param name="policy">The policy.</param>
/// <param name="removePart">Runs an update that removes one part; null for a dry run.</param>
internal sealed class HistoryRemoval(
    IUpdateWriter writer, TimeProvider clock, DateTimeOffset before, HistoryPolicy policy, Func<RemovalCandidates, CancellationToken, Task<PartResult>>? removePart)
{
    // The rows of a build, a build request and a buildset in all tables, without the steps.
    private const long RowsOfBuild = 4;
    private const long RowsOfRequest = 2;
    private const long RowsOfBuildset = 4;

    private readonly CandidateScan _scan = new(before, new BuilderLimits(policy.AtLeastPerBuilder));
    private readonly RemovedIds _removed = new();
    private readonly HashSet<long> _unblockedBuilds = [];
    private readonly HashSet<long> _skippedBuilds = [];
    private RemovalPace _pace = new(clock, hasSeveralWriters: false);
    private PruneResult _result = new();

    private bool IsDryRun => removePart is null;

    /// <summary>Removes or counts everything that can be removed.</summary>
    /// <returns>How much was removed.</returns>
    public async Task<PruneResult> Run(CancellationToken cancellationToken)
    {
        bool hasSeveralWriters = await writer.Read(static (session, _, _) => new ValueTask<bool>(session.Dialect.HasSeveralWriters), 0, cancellationToken).ConfigureAwait(false);
        _pace = new RemovalPace(clock, hasSeveralWriters);
        bool hasEnded = await RemoveBuilds(cancellationToken).ConfigureAwait(false)
            && await RemoveRequests(cancellationToken).ConfigureAwait(false)
            && await RemoveBuildsets(cancellationToken).ConfigureAwait(false)
            && await RemoveBuildsByIds([.. _skippedBuilds], cancellationToken).ConfigureAwait(false)
            && await RemoveUnblockedBuilds(cancellationToken).ConfigureAwait(false);
        if (IsDryRun)
            _result = _result with { SourceStamps = await CountStamps(cancellationToken).ConfigureAwait(false), IsDryRun = true };
        return _result with { IsRunningElsewhere = !hasEnded };
    }

    private async Task<bool> RemoveBuilds(CancellationToken cancellationToken)
    {
        bool hasMore = true;
        while (hasMore)
        {
            (List<OldRow> builds, hasMore) = await writer.Read(
                static (session, scan, token) => scan.ReadBuilds(session, token), _scan, cancellationToken).ConfigureAwait(false);
            if (!await RemoveBuilds(builds, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private async Task<bool> RemoveRequests(CancellationToken cancellationToken)
    {
        _scan.Restart();
        while (true)
        {
            List<OldRow> rows = await writer.Read(static (session, scan, token) => scan.ReadRequestsWithoutBuilds(session, token), _scan, cancellationToken).ConfigureAwait(false);
            if (!await RemoveInParts(rows, RowsOfRequest, static ids => new RemovalCandidates([], ids, []), cancellationToken).ConfigureAwait(false))
                return false;
            if (rows.Count < CandidateScan.PageLength)
                return true;
        }
    }

    private async Task<bool> RemoveBuildsets(CancellationToken cancellationToken)
    {
        _scan.Restart();
        while (true)
        {
            List<OldRow> rows = await writer.Read(static (session, scan, token) => scan.ReadBuildsetsWithoutRequests(session, token), _scan, cancellationToken).ConfigureAwait(false);
            if (!await RemoveInParts(rows, RowsOfBuildset, static ids => new RemovalCandidates([], [], ids), cancellationToken).ConfigureAwait(false))
                return false;
            if (rows.Count < CandidateScan.PageLength)
                return true;
        }
    }

    private async Task<bool> RemoveBuilds(List<OldRow> builds, CancellationToken cancellationToken)
    {
        if (!await RemoveInParts(builds, RowsOfBuild, static ids => new RemovalCandidates(ids, [], []), cancellationToken).ConfigureAwait(false))
            return false;
        return await RemoveUnblockedBuilds(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> RemoveUnblockedBuilds(CancellationToken cancellationToken)
    {
        while (_unblockedBuilds.Count > 0)
        {
            long[] ids = [.. _unblockedBuilds];
            _unblockedBuilds.Clear();
            if (!await RemoveBuildsByIds(ids, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private async Task<bool> RemoveBuildsByIds(long[] ids, CancellationToken cancellationToken)
    {
        foreach (long[] some in ids.Chunk(CandidateScan.PageLength))
        {
            List<OldRow> builds = await writer.Read(
                static (session, args, token) => args._scan.ReadBuildsByIds(session, args.some, token), (_scan, some), cancellationToken).ConfigureAwait(false);
            if (!await RemoveInParts(builds, RowsOfBuild, static ids => new RemovalCandidates(ids, [], []), cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>Removes candidates in parts. <see cref="RemovalPace"/> determines the size of each part.</summary>
    /// <returns>False if another master is removing history, so that this removal must end.</returns>
    private async Task<bool> RemoveInParts(List<OldRow> candidates, long rowsOfOne, Func<IReadOnlyList<long>, RemovalCandidates> toCandidates, CancellationToken cancellationToken)
    {
        int next = 0;
        while (next < candidates.Count)
        {
            // A part has at least one candidate. So a build with very many steps is a part of its own, because it is removed as a whole.
            var ids = new List<long>();
            for (long rows = 0; next < candidates.Count && (ids.Count == 0 || rows + rowsOfOne + candidates[next].Steps <= _pace.Rows); next++)
            {
                ids.Add(candidates[next].Id);
                rows += rowsOfOne + candidates[next].Steps;
            }

            if (!await RemovePart(toCandidates(ids), cancellationToken).ConfigureAwait(false))
                return false;
        }

        // A build that lost its last reference is removed before the next page is read.
        return rowsOfOne == RowsOfBuild || await RemoveUnblockedBuilds(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> RemovePart(RemovalCandidates candidates, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (removePart is null)
        {
            Removal counted = await writer.Read(
                static (session, args, token) => new RemovalDecider(new RemovalReader(session, args.before, locksRows: false, token), args._removed, isDryRun: true).Decide(args.candidates),
                (before, _removed, candidates), cancellationToken).ConfigureAwait(false);
            _removed.Add(counted);
            Add(counted);
            return true;
        }

        long start = clock.GetTimestamp();
        PartResult part = await removePart(candidates, cancellationToken).ConfigureAwait(false);
        if (!part.HasLease)
            return false;

        Add(part.Removal);
        await _pace.Pause(part.Work, clock.GetElapsedTime(start), cancellationToken).ConfigureAwait(false);
        return true;
    }

    private void Add(Removal removal)
    {
        _result = _result.Plus(removal.Counts);
        _unblockedBuilds.UnionWith(removal.UnblockedBuilds);
        _skippedBuilds.UnionWith(removal.SkippedBuilds);
    }

    private async Task<long> CountStamps(CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (KeyValuePair<long, long>[] links in _removed.LinksByStamp.Chunk(CandidateScan.PageLength))
        {
            HashSet<long> needed = await writer.Read(
                static (session, args, token) => new RemovalReader(session, args.before, locksRows: false, token).FindStampsWithMoreLinks(args.links), (before, links), cancellationToken)
                .ConfigureAwait(false);
            count += links.Length - needed.Count;
        }

        return count;
    }
}
