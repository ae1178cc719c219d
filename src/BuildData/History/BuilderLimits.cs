using BuildData.Stores;

namespace BuildData.History;

/// <summary>
/// Finds the builds of a builder that the removal of old history keeps, whatever their age is: the newest builds, and the last successful
/// build.
/// </summary>
/// <remarks>
/// The build numbers are read once for each builder. If builds are added later, the removal keeps more builds than the policy demands,
/// never fewer.
/// </remarks>
internal sealed class BuilderLimits(int atLeastPerBuilder)
{
    // The newest build always stays. So the number of a build is never used again.
    private readonly int _newest = Math.Max(atLeastPerBuilder, 1);
    private readonly Dictionary<long, (long FirstKept, long LastSuccess)> _limits = [];

    public async ValueTask<bool> Keep(ReadSession session, long builderId, long number, CancellationToken cancellationToken)
    {
        if (!_limits.TryGetValue(builderId, out (long FirstKept, long LastSuccess) limits))
            _limits[builderId] = limits = await Read(session, builderId, cancellationToken).ConfigureAwait(false);
        return number >= limits.FirstKept || number == limits.LastSuccess;
    }

    private async ValueTask<(long FirstKept, long LastSuccess)> Read(ReadSession session, long builderId, CancellationToken cancellationToken)
    {
        // A sum, because SQLite prepares a statement again whenever a bare parameter of LIMIT is bound.
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT number FROM builds WHERE builder_id = {builderId} ORDER BY number DESC LIMIT 1 OFFSET {_newest - 1} + 0");
        List<long> first = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);

        sql = session.Sql();
        sql.Append($"SELECT number FROM builds WHERE builder_id = {builderId} AND results = {(long)BuildResult.Success} ORDER BY number DESC LIMIT 1");
        List<long> success = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
        return (first.Count == 0 ? 0 : first[0], success.Count == 0 ? 0 : success[0]);
    }
}
