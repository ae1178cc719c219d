using BuildData.Stores;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>No documented query reads a whole table for a part of it, or sorts what an index has in order.</summary>
internal sealed class QueryPlanTests : SqliteMasterTests
{
    private static readonly Query[] Narrow =
    [
        new BuildsetById(1), new PropertiesOfBuildset(1), new SourceStampsOfBuildset(1), new BuildRequestsOfBuildset(1),
        new StepById(1), new StepsOfBuild(1), new StepsOfBuilder("linux"), new StepsOfBuild(new BuildRef("linux", 1)), new StepByNumber(1, 1), new StepByName(1, "a"),
        new StepByName(new BuildRef("linux", 1), "a"), new BuildRequestById(1), new BuildRequestsOfBuilder("linux"), new OneBuild(1),
        new OneBuild(new BuildRef(1, 1)), new BuildsOfBuilder("linux"), new BuildsOfBuildRequest(1), new BuildsOfWorker(1),
        new BuildsTriggeredBy(1), new PropertiesOfBuild(new BuildRef("linux", 1)), new OneBuilder("linux"), new OneWorker("w"),
        new MasterById(1), new SourceStampById(1),
    ];

    private static readonly (Query Query, ResultSpec Spec)[] InOrder =
    [
        (new AllBuildsets(), new() { Order = [new("submitted_at", descending: true)], Limit = 10 }),
        (new AllBuildsets(), new() { Filters = [new("complete", FilterOperator.Equal, false)], Limit = 10 }),
        (new AllBuilds(), new() { Order = [new("buildid", descending: true)], Limit = 10 }),
        (new BuildsOfBuilder("linux"), new() { Order = [new("number", descending: true)], Limit = 10 }),
        (new BuildsOfBuilder("linux"), new() { Limit = 10 }),
        (new StepsOfBuilder("linux"), new() { Order = [new("stepid", descending: true)], Limit = 10 }),
        (new BuildRequestsOfBuilder("linux"), new() { Filters = [new("claimed", FilterOperator.Equal, false)], Limit = 10 }),
        (new StepsOfBuild(1), new() { Order = [new("number", descending: true)], Limit = 10 }),
        (new AllSteps(), new() { Limit = 10 }),
    ];

    [TestCaseSource(nameof(Narrow))]
    public async Task Plan_OfAQueryForAPart_ReadsByIndex(Query query)
    {
        string plan = await Plan(query, ResultSpec.Empty);

        plan.Should().NotContain("SCAN ").And.Contain("SEARCH");
    }

    [TestCaseSource(nameof(InOrder))]
    public async Task Plan_OfTheNewest_DoesNotSortTheWhole((Query Query, ResultSpec Spec) asked)
    {
        string plan = await Plan(asked.Query, asked.Spec);

        string[] steps = plan.Split('\n');
        int sort = Array.FindIndex(steps, step => step.Contains("USE TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal));
        int page = Array.FindIndex(steps, step => step.Contains("CO-ROUTINE", StringComparison.Ordinal));
        sort.Should().Match(index => (int)index < 0 || (page >= 0 && (int)index > page), plan);
    }

    [Test]
    public async Task Plan_OfWhatCanBeClaimed_ReadsOnlyThose() =>
        (await Plan(new BuildRequestsOfBuilder("linux"), new ResultSpec { Filters = [new("claimed", FilterOperator.Equal, false)] }))
            .Should().Contain("buildrequests_claimable");

    [Test]
    public async Task Plan_OfTheNewestFailures_ReadsOnlyFailures()
    {
        var spec = new ResultSpec { Filters = [new("results", FilterOperator.Equal, BuildResult.Failure)], Order = [new("stepid", descending: true)] };

        (await Plan(new StepsOfBuilder("linux"), spec)).Should().Contain("steps_not_successful").And.NotContain("TEMP B-TREE");
    }

    [Test]
    public void Plan_OfTheRequestsThatANewOneReplaces_ReadsOnlyThose() =>
        Plan(CollapsedRequests.Lookup(new SqlBuilder(), builderId: 1, "key").Text.ToString())
            .Should().Contain("buildrequests_collapsible (builder_id=? AND collapse_key=?)").And.NotContain("SCAN ");

    private async Task<string> Plan(Query query, ResultSpec spec) => Plan(await Sql(query, spec));

    private string Plan(string sql)
    {
        using var connection = new SqliteConnection(Folder.ConnectionString + ";Pooling=False;Mode=ReadOnly");
        return string.Join('\n', connection.Query<(long, long, long, string)>("EXPLAIN QUERY PLAN " + sql).Select(row => row.Item4));
    }

    private static async Task<string> Sql(Query query, ResultSpec spec)
    {
        var session = new Capture();
        await (Task)typeof(QueryPlanTests).GetMethod(query.IsCollection ? nameof(RunAll) : nameof(RunOne), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(query.ResultType).Invoke(null, [query, spec, session])!;
        return session.Statement!;
    }

    private static async Task RunOne<T>(SingleQuery<T> query, ResultSpec spec, ReadSession session)
        where T : class =>
        await query.Read(session, BoundSpec.Bind(spec, query.Resource, isCollection: false), CancellationToken.None);

    private static async Task RunAll<T>(CollectionQuery<T> query, ResultSpec spec, ReadSession session)
        where T : class =>
        await Select.Page(query, session, BoundSpec.Bind(spec, query.Resource, isCollection: true), 10, 0, null, CancellationToken.None);

    private sealed class Capture : ReadSession
    {
        public string? Statement { get; private set; }

        public override SqlDialect Dialect { get; } = new();

        public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
        {
            Statement = sql.Text.ToString();
            return ValueTask.CompletedTask;
        }

        public override ValueTask BeginSnapshot(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public override ValueTask EndSnapshot() => ValueTask.CompletedTask;
    }
}
