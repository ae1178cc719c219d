using BuildData.History;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>Runs the queries of a removal of old history, and records them.</summary>
internal sealed class StatementsOfRemoval(ReadSession inner) : ReadSession
{
    private readonly List<(string Text, object?[] Values)> _statements = [];

    public override SqlDialect Dialect => inner.Dialect;

    public static async Task<IReadOnlyList<(string Text, object?[] Values)>> Record(Master master)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        return await master.Store.Read(
            static async (session, before, token) =>
            {
                var recording = new StatementsOfRemoval(session);
                var scan = new CandidateScan(before, new BuilderLimits(5));
                await scan.ReadBuilds(recording, token);
                await scan.ReadBuilds(recording, token);
                await scan.ReadBuildsByIds(recording, [1, 2], token);
                await scan.ReadRequestsWithoutBuilds(recording, token);
                await scan.ReadBuildsetsWithoutRequests(recording, token);
                var reader = new RemovalReader(recording, before, locksRows: false, token);
                await reader.ReadNewest();
                await reader.ReadOld(BuildDefinition.Instance, [1, 2], isSubmitted: false);
                await reader.ReadOld(BuildRequestDefinition.Instance, [1, 2], isSubmitted: true);
                await reader.ReadOld(BuildsetDefinition.Instance, [1, 2], isSubmitted: true);
                await reader.Read(SourceStampDefinition.Instance, [1, 2]);
                await reader.ReadTriggeredBuildsets([1, 2]);
                await reader.ReadRebuilds([1, 2]);
                await reader.ReadSteps([1, 2]);
                await reader.ReadBuilds([1, 2]);
                await reader.ReadRequests([1, 2]);
                await reader.ReadLinks([1, 2]);
                await reader.FindStampsWithMoreLinks([KeyValuePair.Create(1L, 1L)]);
                return recording._statements;
            },
            before, CancellationToken.None);
    }

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        _statements.Add((sql.Text.ToString(), [.. sql.Values.ToArray().Select(value => value.Kind == SqlValueKind.Text ? value.Text : value.Kind == SqlValueKind.Null ? null : (object)value.Number)]));
        return inner.Query(sql, sink, cancellationToken);
    }

    public override ValueTask BeginSnapshot(CancellationToken cancellationToken) => inner.BeginSnapshot(cancellationToken);

    public override ValueTask EndSnapshot() => inner.EndSnapshot();
}
