using BuildData.Stores;

namespace BuildData.Resources.Masters;

/// <summary>
/// Lists the work that a master has open: the master's incomplete builds, the incomplete steps of its builds, and its claims on incomplete
/// build requests.
/// </summary>
/// <param name="BuildIds">The ids of the incomplete builds, in ascending order.</param>
/// <param name="Steps">The incomplete steps, ordered by id. A step can belong to a complete build.</param>
/// <param name="Claims">The claims, ordered by the id of the build request.</param>
internal sealed record OpenWork(IReadOnlyList<long> BuildIds, IReadOnlyList<OpenStep> Steps, IReadOnlyList<OpenClaim> Claims)
{
    public static readonly OpenWork None = new([], [], []);

    /// <summary>Reads the work that a master has open. Locks no rows.</summary>
    public static async ValueTask<OpenWork> Read(ReadSession session, long masterId, CancellationToken cancellationToken)
    {
        List<long> builds = await session.Rows<long>(AppendBuilds(session.Sql(), masterId), cancellationToken).ConfigureAwait(false);
        List<OpenStep> steps = await session.Rows<OpenStep>(AppendSteps(session.Sql(), masterId), cancellationToken).ConfigureAwait(false);
        List<OpenClaim> claims = await session.Rows<OpenClaim>(AppendClaims(session.Sql(), masterId), cancellationToken).ConfigureAwait(false);
        return new OpenWork(builds, steps, claims);
    }

    // The sum keeps SQLite from using the index of the master's builds. That index contains the whole history of the master. The partial
    // indexes of incomplete rows are short.

    /// <summary>Appends the SELECT of the ids of a master's incomplete builds.</summary>
    public static SqlBuilder AppendBuilds(SqlBuilder sql, long masterId) =>
        sql.Append($"SELECT id FROM builds WHERE complete = 0 AND master_id + 0 = {masterId} ORDER BY id");

    /// <summary>Appends the SELECT of the incomplete steps of a master's builds.</summary>
    public static SqlBuilder AppendSteps(SqlBuilder sql, long masterId) => sql.Append(
        $"""
        SELECT step.id AS StepId, step.build_id AS BuildId FROM steps AS step JOIN builds AS build ON build.id = step.build_id
        WHERE step.complete = 0 AND build.master_id + 0 = {masterId} ORDER BY step.id
        """);

    /// <summary>Appends the SELECT of a master's claims on incomplete build requests.</summary>
    public static SqlBuilder AppendClaims(SqlBuilder sql, long masterId) => sql.Append(
        $"""
        SELECT id AS BuildRequestId, buildset_id AS BuildsetId, claimed_at AS ClaimedAt FROM buildrequests
        WHERE complete = 0 AND claimed_by = {masterId} ORDER BY id
        """);

    /// <summary>Returns the part of this work that a later read still finds. The rest has ended, or was removed as old history.</summary>
    public OpenWork StillOpenIn(OpenWork later)
    {
        var builds = new HashSet<long>(later.BuildIds);
        var steps = new HashSet<long>(later.Steps.Select(step => step.StepId));
        var claims = new HashSet<(long, long?)>(later.Claims.Select(claim => (claim.BuildRequestId, claim.ClaimedAt)));
        return new OpenWork(
            [.. BuildIds.Where(builds.Contains)],
            [.. Steps.Where(step => steps.Contains(step.StepId))],
            [.. Claims.Where(claim => claims.Contains((claim.BuildRequestId, claim.ClaimedAt)))]);
    }
}

/// <summary>Represents an incomplete step of a master's build.</summary>
internal sealed class OpenStep
{
    public long StepId { get; init; }

    public long BuildId { get; init; }
}

/// <summary>Represents a master's claim on an incomplete build request.</summary>
internal sealed class OpenClaim
{
    public long BuildRequestId { get; init; }

    public long BuildsetId { get; init; }

    /// <summary>Gets the time of the claim, in microseconds since 1970. A later claim on the same request has another time.</summary>
    public long? ClaimedAt { get; init; }
}
