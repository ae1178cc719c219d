using BuildData.Queries;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Logs.Chunks;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Values;
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
        new StepByName(new BuildRef("linux", 1), "a"), new BuildRequestById(1), new BuildRequestsOfBuilder("linux"), new BuildByRef(1),
        new BuildByRef(new BuildRef(1, 1)), new BuildsOfBuilder("linux"), new BuildsOfBuildRequest(1), new BuildsOfWorker(1),
        new BuildsTriggeredBy(1), new PropertiesOfBuild(new BuildRef("linux", 1)), new BuilderByRef("linux"), new WorkerByRef("w"),
        new MasterById(1), new SourceStampById(1), new BuildsOfWorker("w"), new BuildsOfMaster(1), new PropertiesOfBuildRequest(1), new BuildRequestOfBuild(1),
        new BuildRequestOfBuild(new BuildRef("linux", 1)), new WorkersOfBuilder("linux"), new WorkersOfMaster(1), new WorkersOfBuilderOnMaster(1, "linux"),
        new WorkerOfBuilder("linux", "w"), new WorkerOfMaster(1, "w"), new WorkerOfBuilderOnMaster(1, "linux", "w"),
        new BuilderOfMaster(1, "linux"), new MastersOfBuilder("linux"), new MasterOfBuilder("linux", 1),
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

    // The page of builders is a subquery, which is then scanned to join the tags.
    [TestCase("/workers/w/builders")]
    [TestCase("/masters/1/builders")]
    public async Task Plan_OfLinkedBuilders_SearchesForThemInThePage(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        (await Plan(query, spec)).Should().Contain("SEARCH builder USING INTEGER PRIMARY KEY").And.NotContain("SCAN place");
    }

    [Test]
    public async Task Plan_OfWhatCanBeClaimed_ReadsOnlyThose() =>
        (await Plan(new BuildRequestsOfBuilder("linux"), new ResultSpec { Filters = [new("claimed", FilterOperator.Equal, false)] }))
            .Should().Contain("buildrequests_claimable");

    [TestCase("/builders/linux/buildrequests?claimed=false&order=submitted_at&limit=10", "buildrequests_claimable")]
    [TestCase("/builders/linux/buildrequests?claimed=false&order=-submitted_at&limit=10", "buildrequests_claimable")]
    [TestCase("/buildrequests?claimed=false&order=submitted_at&limit=10", "buildrequests_incomplete")]
    [TestCase("/builders/linux/buildrequests?claimed=false&order=-priority&order=submitted_at&order=buildrequestid&limit=10", "buildrequests_waiting")]
    public async Task Plan_OfWaitingRequestsInAnOrder_ReadsOnlyThose(string path, string index)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        (await Plan(query, spec)).Should().Contain(index).And.NotContain("by_submitted_at").And.NotContain("submitted_at>");
    }

    [Test]
    public async Task Plan_OfTheNewestFailures_ReadsOnlyFailures()
    {
        var spec = new ResultSpec { Filters = [new("results", FilterOperator.Equal, BuildResult.Failure)], Order = [new("stepid", descending: true)] };

        (await Plan(new StepsOfBuilder("linux"), spec)).Should().Contain("steps_not_successful").And.NotContain("TEMP B-TREE");
    }

    [Test]
    public void Plan_OfTheRequestsThatANewOneReplaces_ReadsOnlyThose() =>
        Plan(ReplaceableRequests.AppendSelectOfWaitingRequests(new SqlBuilder(), builderId: 1, "key").Text.ToString(), [1L, "key"])
            .Should().Contain("buildrequests_collapsible (builder_id=? AND collapse_key=?)").And.NotContain("SCAN ");

    [TestCase(1)]
    [TestCase(3)]
    public void Plan_OfTheNextRequest_ReadsTheFirstEntriesOfTheIndex(int builders)
    {
        var ids = new EquatableList<long>([.. Enumerable.Range(1, builders).Select(id => (long)id)]);
        SqlBuilder sql = NextRequestSql.Append(new SqlBuilder(), ids, "request.id", 1);

        string plan = Plan(sql.Text.ToString(), [.. ids, 1L]);

        plan.Should().Contain("buildrequests_waiting (builder_id=?)").And.NotContain("SCAN buildrequests");
        if (builders == 1)
            plan.Should().NotContain("TEMP B-TREE");
    }

    [Test]
    public async Task Plans_OfIncludedData_ReadByIndex()
    {
        await Updates.Step();

        foreach ((string text, IReadOnlyList<object?> values) in (await StatementsOfIncludes.Record(Master)).Where(statement => statement.Text.Contains("json_each", StringComparison.Ordinal)))
            Plan(text, values).Should().Contain("SEARCH").And.NotMatchRegex("SCAN (?!json_each)", text);
    }

    [Test]
    public void Plan_OfWhatAMasterHasOpen_ReadsOnlyIncompleteRows()
    {
        string[] plans =
        [
            Plan(OpenWork.AppendBuilds(new SqlBuilder(), 1).Text.ToString(), [1L]),
            Plan(OpenWork.AppendSteps(new SqlBuilder(), 1).Text.ToString(), [1L]),
            Plan(OpenWork.AppendClaims(new SqlBuilder(), 1).Text.ToString(), [1L]),
        ];

        plans[0].Should().Contain("builds_incomplete").And.NotContain("builds_by_master");
        plans[1].Should().Contain("steps_incomplete").And.NotContain("builds_by_master");
        plans[2].Should().Contain("buildrequests_incomplete");
    }

    [TestCase("/builds?order=-started_at", "builds_by_started_at")]
    [TestCase("/builds?order=-complete_at", "builds_by_complete_at")]
    [TestCase("/builders/linux/builds?order=-started_at", "builds_by_builder_and_started_at")]
    [TestCase("/builders/linux/builds?order=-complete_at", "builds_by_builder_and_complete_at")]
    [TestCase("/buildrequests?order=-submitted_at", "buildrequests_by_submitted_at")]
    [TestCase("/builders/linux/buildrequests?order=-submitted_at", "buildrequests_by_builder_and_submitted_at")]
    [TestCase("/buildsets?order=-complete_at", "buildsets_by_complete_at")]
    [TestCase("/builders/linux/steps?results=2&order=-stepid", "steps_not_successful")]
    [TestCase("/steps?complete=false", "steps_incomplete")]
    [TestCase("/buildrequests?order=-complete_at", "buildrequests_by_complete_at")]
    [TestCase("/builders/linux/builds?complete=false", "builds_incomplete")]
    [TestCase("/workers/w/builds?complete=false&order=-buildid", "builds_incomplete")]
    [TestCase("/masters/1/builds?complete=false", "builds_incomplete")]
    [TestCase("/builders/linux/steps?complete=false", "steps_incomplete")]
    [TestCase("/builders/linux/buildrequests?complete=false", "buildrequests_incomplete")]
    [TestCase("/builders/linux/builds?results=0&order=-number&limit=1", "builds_by_builder_and_result ")]
    [TestCase("/builders/linux/builds?results=0&order=-buildid&limit=1", "builds_by_builder_and_result_and_id")]
    [TestCase("/builders/linux/builds?results=0&order=-started_at&limit=1", "builds_by_builder_and_result_and_started_at")]
    [TestCase("/builders/linux/builds?results=0&order=-complete_at&limit=1", "builds_by_builder_and_result_and_complete_at")]
    [TestCase("/builders/linux/builds?results=2&order=-number", "builds_by_builder_and_result ")]
    [TestCase("/builders/linux/builds?results=2", "builds_by_builder_and_result_and_id")]
    [TestCase("/builders/linux/builds?results__ne=0&order=-number", "builds_not_successful ")]
    [TestCase("/builders/linux/builds?results__ne=0", "builds_not_successful_by_id")]
    [TestCase("/builders/linux/steps?results__ne=0&order=-stepid", "steps_not_successful_by_id")]
    [TestCase("/builds?results=5&order=-buildid", "builds_by_result")]
    [TestCase("/steps?results=5&order=-stepid", "steps_by_result")]
    [TestCase("/buildsets?results=2&order=-bsid", "buildsets_by_result")]
    [TestCase("/buildrequests?results=2&order=-buildrequestid", "buildrequests_by_result")]
    [TestCase("/builds?results=2&order=-started_at", "builds_by_started_at")]
    [TestCase("/buildsets?results=2&order=-submitted_at", "buildsets_by_submitted_at")]
    [TestCase("/builds?sourcestamp.branch=main&order=-buildid&limit=20", "SEARCH start USING PRIMARY KEY (term=?)")]
    [TestCase("/builders/linux/builds?sourcestamp.branch=main&order=-buildid", "SEARCH start USING PRIMARY KEY (term=?)")]
    [TestCase("/sourcestamps/7/builds?order=-buildid", "SEARCH start USING PRIMARY KEY (term=?)")]
    [TestCase("/sourcestamps/7/buildsets?order=-bsid", "buildset_sourcestamps_by_sourcestamp")]
    [TestCase("/sourcestamps?branch=main&order=-ssid", "sourcestamps_by_branch")]
    [TestCase("/builds?property.branch=main&order=-buildid", "build_properties_by_value")]
    [TestCase("/buildsets?property.owner=ann&order=-bsid", "buildset_properties_by_value")]
    [TestCase("/builds?builder_name=linux&order=-number", "sqlite_autoindex_builds_1")]
    [TestCase("/builds?worker_name=w&order=-buildid", "builds_by_worker")]
    public async Task Plan_OfAQueryThatHasAnIndex_UsesIt(string path, string index)
    {
        string plan = await Plan(path);

        // The page of a resource with details is a subquery, which is then sorted together with the details.
        plan = plan.Contains("CO-ROUTINE", StringComparison.Ordinal) ? plan[..plan.LastIndexOf("\nSCAN ", StringComparison.Ordinal)] : plan;
        plan.Should().Contain(index).And.NotContain("TEMP B-TREE FOR ORDER BY").And.NotMatchRegex(@"SCAN \w+\b(?! USING)");
    }

    [TestCase("/builders/linux/builds?complete=false&order=-number", "builds_incomplete")]
    [TestCase("/builders/linux/builds?complete=false&order=-started_at", "builds_incomplete")]
    [TestCase("/buildsets?results=2&parent_buildid=7", "buildsets_by_parent_build")]
    [TestCase("/buildsets?results=2&external_idstring=x", "buildsets_by_external_idstring")]
    [TestCase("/builds?results=2&buildrequestid=7", "builds_by_buildrequest")]
    [TestCase("/builds?results=2&buildsetid=7", "builds_by_buildset")]
    [TestCase("/builds?results=2&workerid=7", "builds_by_worker")]
    [TestCase("/buildrequests?results=2&buildsetid=7", "buildrequests_by_buildset")]
    [TestCase("/buildsets/7/buildrequests?results=2", "buildrequests_by_buildset")]
    [TestCase("/buildsets/7/builds?results=2", "builds_by_buildset")]
    [TestCase("/builders/linux/buildrequests?results=2&order=-submitted_at", "buildrequests_by_builder_and_submitted_at")]
    [TestCase("/builders/linux/buildrequests?results=2&order=-buildrequestid", "buildrequests_by_builder ")]
    [TestCase("/workers/w/builds?results=2&order=-buildid", "builds_by_worker")]
    [TestCase("/builds?sourcestamp.revision=r&order=-number", "sourcestamps_by_revision")]
    [TestCase("/builds?sourcestamp.revision=r&sourcestamp.branch=main", "sourcestamps_by_revision")]
    [TestCase("/buildrequests?sourcestamp.revision=r", "sourcestamps_by_revision")]
    [TestCase("/buildsets?sourcestamp.revision=r", "sourcestamps_by_revision")]
    [TestCase("/buildsets/7/builds?order=-number", "builds_by_buildset")]
    [TestCase("/sourcestamps?revision=r&branch=main", "sourcestamps_by_revision")]
    public async Task Plan_OfAQueryForAFewRows_ReadsOnlyThose(string path, string index)
    {
        string plan = await Plan(path);

        plan.Should().Contain(index).And.NotMatchRegex(@"SCAN (?!buildset$|build$|start$)\w+(?! USING)$").And.NotContain("builds_by_builder_and_started_at").And.NotContain("autoindex_builds_1");
    }

    [Test]
    public async Task Plan_OfTheChunksFromALine_SearchesForItInTheKey()
    {
        var captured = new CapturedQuery(new SqlDialect());
        await ChunkReader.Read(captured, logId: 1, firstLine: 1_000_000, lastLine: 1_000_999, limit: 4, maxContentLength: long.MaxValue, CancellationToken.None);

        string plan = Plan(captured.Statement, captured.Values);

        plan.Should().Contain("SEARCH log_chunks USING INDEX sqlite_autoindex_log_chunks_1 (log_id=? AND first_line>? AND first_line<?)")
            .And.Contain("SEARCH log_chunks USING COVERING INDEX sqlite_autoindex_log_chunks_1 (log_id=? AND first_line<?)")
            .And.NotContain("SCAN log_chunks").And.NotContain("TEMP B-TREE");
    }

    [Test]
    public async Task Plan_OfTheSizesOfABuildersLogs_ReadsOnlyThose() =>
        (await Plan("/builders/linux/log_sizes")).Should().Contain("SEARCH log USING INDEX logs_by_builder").And.NotContain("SCAN log ");

    private async Task<string> Plan(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);
        return await Plan(query, spec);
    }

    [TestCase("/builds/newest")]
    [TestCase("/builds/newest/10")]
    [TestCase("/builds/newest?results=2&order=started_at&limit=5")]
    [TestCase("/builds/newest/10?property=*")]
    public async Task Plan_OfTheNewestBuilds_SearchesForThemInTheIndexOfEachBuilder(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string[] steps = (await Plan(query, spec)).Split('\n');

        steps.Where(step => step.Contains("sqlite_autoindex_builds_1 (builder_id=?", StringComparison.Ordinal)).Should().HaveCount(2);
        steps.Where(step => step.StartsWith("SCAN ", StringComparison.Ordinal)).Should().OnlyContain(step => step.StartsWith("SCAN owner", StringComparison.Ordinal) || step == "SCAN build");
    }

    // A plan scans subqueries, and here also builders.
    [TestCase("/build_statistics?complete_at__ge=1700000000", "SEARCH build USING INDEX builds_by_complete_at (complete_at>?)")]
    [TestCase("/build_statistics/by_day?complete_at__ge=1700000000&complete_at__lt=1700086400", "SEARCH build USING INDEX builds_by_complete_at (complete_at>? AND complete_at<?)")]
    [TestCase("/builders/linux/build_statistics?complete_at__ge=1700000000", "SEARCH build USING INDEX builds_by_builder_and_complete_at (builder_id=? AND complete_at>?)")]
    [TestCase("/builders/linux/build_statistics/by_week", "SEARCH build USING INDEX builds_by_builder")]
    [TestCase("/builders/linux/step_statistics?complete_at__ge=1700000000&order=-slowdown", "SEARCH build USING INDEX builds_by_builder_and_complete_at (builder_id=? AND complete_at>?)")]
    [TestCase("/builders/linux/step_statistics?complete_at__ge=1700000000", "SEARCH step USING INDEX sqlite_autoindex_steps_")]
    public async Task Plan_OfStatistics_ReadsOnlyTheirBuilds(string path, string search)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        (await Plan(query, spec)).Should().Contain(search).And.NotContain("SCAN step").And.NotContain("SCAN request").And.NotContain("SCAN build ").And.NotContain("SCAN build\n");
    }

    private async Task<string> Plan(Query query, ResultSpec spec)
    {
        CapturedQuery captured = await CapturedQuery.Of(query, spec, new SqlDialect());
        return Plan(captured.Statement, captured.Values);
    }

    // With the values of its parameters: SQLite looks at them to find out whether an index of some rows will do.
    private string Plan(string sql, IReadOnlyList<object?> values)
    {
        using var connection = new SqliteConnection(Folder.ConnectionString + ";Pooling=False;Mode=ReadOnly");
        var parameters = new DynamicParameters();
        for (int i = 0; i < values.Count; i++)
            parameters.Add($"${i + 1}", values[i]);
        return string.Join('\n', connection.Query<(long, long, long, string)>("EXPLAIN QUERY PLAN " + sql, parameters).Select(row => row.Item4));
    }
}
