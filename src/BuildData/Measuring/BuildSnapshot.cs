using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Measuring;

/// <summary>
/// Holds the data that <see cref="BuildTracker"/> needs from a committed state of the store. <see cref="BuildTracker"/> then applies the
/// events that follow this state.
/// </summary>
internal sealed class BuildSnapshot
{
    /// <summary>Gets the id of this master.</summary>
    public required long MasterId { get; init; }

    /// <summary>Gets the greatest id of any build; 0 if there are no builds.</summary>
    public required long LastBuildId { get; init; }

    /// <summary>Gets this master's builds that are not complete.</summary>
    public required IReadOnlyList<Build> RunningBuilds { get; init; }

    /// <summary>
    /// Gets the current state of the builds that <see cref="BuildTracker"/> regards as running. Builds that no longer exist are missing.
    /// </summary>
    public required IReadOnlyList<Build> KnownBuilds { get; init; }

    /// <summary>Gets this master's builds that <see cref="BuildTracker"/> does not know yet, in the order of their ids.</summary>
    public required IReadOnlyList<Build> NewBuilds { get; init; }

    /// <summary>Gets the build requests of <see cref="NewBuilds"/>, by their ids.</summary>
    public required IReadOnlyDictionary<long, BuildRequest> RequestsOfNewBuilds { get; init; }

    /// <summary>Gets the build requests of all masters that are not complete.</summary>
    public required IReadOnlyList<BuildRequest> IncompleteRequests { get; init; }

    /// <summary>Reads the state on a snapshot.</summary>
    /// <param name="session">The session, which reads from a snapshot.</param>
    /// <param name="args">The builds that <see cref="BuildTracker"/> already knows, and the data to read.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<BuildSnapshot> Read(ReadSession session, ReadArguments args, CancellationToken cancellationToken)
    {
        List<MasterInfo> masters = await session.ReadAll(
            new AllMasters(), new Filter("name", FilterOperator.Equal, args.MasterName), long.MinValue, cancellationToken).ConfigureAwait(false);
        long masterId = masters is [{ } own] ? own.MasterId : throw new StoreException($"The store has no master with the name '{args.MasterName}'.");

        List<Build> incomplete = await session.ReadAll(
            new AllBuilds(), new Filter("complete", FilterOperator.Equal, false), long.MinValue, cancellationToken).ConfigureAwait(false);
        List<Build> known = await session.ReadByIds(new AllBuilds(), "buildid", args.KnownBuilds, cancellationToken).ConfigureAwait(false);
        List<Build> newer = args.ReportedBuilds.ReadBuildsAfterId is { } last
            ? await session.ReadAll(new AllBuilds(), new Filter("masterid", FilterOperator.Equal, masterId), last, cancellationToken).ConfigureAwait(false)
            : [];
        newer.RemoveAll(build => args.ReportedBuilds.Contains(build.BuildId));
        List<BuildRequest> requests = await session.ReadByIds(
            new AllBuildRequests(), "buildrequestid", newer.Select(build => build.BuildRequestId), cancellationToken).ConfigureAwait(false);

        return new BuildSnapshot
        {
            MasterId = masterId,
            LastBuildId = await ReadLastBuildId(session, cancellationToken).ConfigureAwait(false),
            RunningBuilds = [.. incomplete.Where(build => build.MasterId == masterId)],
            KnownBuilds = known,
            NewBuilds = newer,
            RequestsOfNewBuilds = requests.ToDictionary(request => request.BuildRequestId),
            IncompleteRequests = args.ReadsRequests
                ? await session.ReadAll(
                    new AllBuildRequests(), new Filter("complete", FilterOperator.Equal, false), long.MinValue, cancellationToken).ConfigureAwait(false)
                : [],
        };
    }

    private static async ValueTask<long> ReadLastBuildId(ReadSession session, CancellationToken cancellationToken)
    {
        List<long> last = await session.Rows<long>(session.Sql().Append("SELECT coalesce(max(id), 0) FROM builds"), cancellationToken).ConfigureAwait(false);
        return last[0];
    }

    /// <summary>Specifies the data to read.</summary>
    /// <param name="MasterName">The name of this master.</param>
    /// <param name="KnownBuilds">The ids of the builds that are known to run.</param>
    /// <param name="ReportedBuilds">The builds that have been reported.</param>
    /// <param name="ReadsRequests">Whether build requests are needed.</param>
    public sealed record ReadArguments(string MasterName, IReadOnlyCollection<long> KnownBuilds, ReportedBuildIds ReportedBuilds, bool ReadsRequests);
}
