using System.Globalization;
using System.Text.RegularExpressions;
using BuildData.Definitions;
using BuildData.PostgreSql.Text;
using BuildData.Queries;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Logs.Chunks;
using BuildData.Resources.Steps;
using Npgsql;

namespace BuildData.Tests;

/// <summary>
/// The server uses the indexes for the statements of queries, in a history of builders that differ much: one has most of the
/// builds, and one has a few old ones.
/// </summary>
internal sealed class QueryPlansOfPostgreSqlTests
{
    private const string History =
        """
        INSERT INTO builders (name) SELECT 'b' || i FROM generate_series(1, 20) AS i;
        INSERT INTO workers (name) SELECT 'w' || i FROM generate_series(1, 50) AS i;
        INSERT INTO buildsets (reason, submitted_at, complete, complete_at, results)
        SELECT '', i * 1000, (i <= 4950)::int, CASE WHEN i <= 4950 THEN i * 1000 + i % 7 * 500 END, CASE WHEN i <= 4950 THEN 0 END FROM generate_series(1, 5000) AS i;
        INSERT INTO buildrequests (buildset_id, builder_id, priority, claimed_at, claimed_by, complete, complete_at, results, submitted_at, waited_for)
        SELECT id, CASE WHEN id <= 20 THEN 20 WHEN id % 2 = 0 THEN 1 ELSE 1 + id % 19 END, 0, 1, 1, complete, complete_at, results, submitted_at, 0 FROM buildsets ORDER BY id;
        INSERT INTO sourcestamps (branch, revision, repository, project, codebase, created_at)
        SELECT CASE WHEN i <= 10 THEN 'dead' WHEN i % 10 = 0 THEN 'f' || i % 50 ELSE 'main' END, 'r' || i, 'app', '', '', i * 1000 FROM generate_series(1, 2500) AS i;
        INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) SELECT id, 1 + (id - 1) / 2 FROM buildsets;
        INSERT INTO buildset_properties (buildset_id, name, value, source) SELECT id, 'owner', '"ann' || id % 10 || '"', 'S' FROM buildsets;
        INSERT INTO buildset_properties (buildset_id, name, value, source) SELECT id, 'ticket', '"T-' || id || '"', 'S' FROM buildsets;
        INSERT INTO builds (number, builder_id, buildrequest_id, buildset_id, worker_id, master_id, started_at, complete, complete_at, locks_duration_s, state_string, results)
        SELECT row_number() OVER (PARTITION BY builder_id ORDER BY id), builder_id, id, buildset_id, CASE WHEN id <= 20 THEN 50 ELSE 1 + id % 49 END, 1, submitted_at, complete, complete_at, 0, '', results
        FROM buildrequests ORDER BY id;
        INSERT INTO build_terms (term, build_id)
        SELECT 'branch/' || stamp.branch, b.id FROM builds AS b JOIN buildset_sourcestamps AS link ON link.buildset_id = b.buildset_id JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id
        UNION
        SELECT 'builder/' || b.builder_id || '/branch/' || stamp.branch, b.id FROM builds AS b JOIN buildset_sourcestamps AS link ON link.buildset_id = b.buildset_id JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id
        UNION
        SELECT 'sourcestamp/' || link.sourcestamp_id, b.id FROM builds AS b JOIN buildset_sourcestamps AS link ON link.buildset_id = b.buildset_id;
        INSERT INTO build_properties (build_id, name, value, source) SELECT id, 'branch', CASE WHEN id <= 10 THEN '"dead"' ELSE '"main"' END, 'S' FROM builds;
        INSERT INTO build_properties (build_id, name, value, source) SELECT id, 'key', '"' || id || '"', 'S' FROM builds;
        INSERT INTO steps (build_id, builder_id, number, name, started_at, complete, complete_at, state_string, results, hidden)
        SELECT b.id, b.builder_id, n, 'step-' || n, started_at, complete, complete_at, '', CASE WHEN complete = 0 THEN NULL WHEN (b.id * 10 + n) * 2654435761 / 128 % 20 = 0 THEN 2 ELSE 0 END, 0
        FROM builds AS b, generate_series(0, 9) AS n ORDER BY b.id, n;
        INSERT INTO logs (step_id, build_id, builder_id, name, slug, type, complete, num_lines, num_bytes, num_replaced, stored_bytes, merged_lines)
        SELECT id, build_id, builder_id, 'stdio', 'stdio', 't', 0, CASE WHEN id = 1 THEN 100000 ELSE 10 END, 100, 0, 100, 0 FROM steps ORDER BY id;
        INSERT INTO log_chunks (log_id, first_line, last_line, num_bytes, encoding, content) SELECT id, 0, 9, 100, 0, convert_to(repeat('123456789' || chr(10), 10), 'UTF8') FROM logs WHERE id > 1;
        INSERT INTO log_chunks (log_id, first_line, last_line, num_bytes, encoding, content)
        SELECT 1, i * 10, i * 10 + 9, 100, 0, convert_to(repeat('123456789' || chr(10), 10), 'UTF8') FROM generate_series(0, 9999) AS i;
        ANALYZE;
        """;

    // A query, and the index that it uses.
    private static readonly string[][] QueriesWithIndex =
    [
        ["/builders/b20/steps?order=-stepid&limit=20", "steps_by_builder"],
        ["/builders/b1/steps?order=-stepid&limit=20", "steps_by_builder"],
        ["/builders/b20/steps?results__ne=0&order=-stepid&limit=20", "steps_not_successful"],
        ["/builders/b1/steps?results=2&order=-stepid&limit=20", "steps_not_successful"],
        ["/steps?complete=false", "steps_incomplete"],
        ["/builders/b20/steps?complete=false", "steps_incomplete"],
        ["/builders/b20/builds?order=-buildid&limit=20", "builds_by_builder"],
        ["/builds?order=-started_at&limit=20", "builds_by_started_at"],
        ["/builds?order=started_at&limit=20", "builds_by_started_at"],
        ["/builds?order=-complete_at&limit=20", "builds_by_complete_at"],
        ["/builds?order=complete_at&limit=20", "builds_by_complete_at"],
        ["/builders/b20/builds?order=-started_at&limit=20", "builds_by_builder_and_started_at"],
        ["/builders/b20/builds?order=-complete_at&limit=20", "builds_by_builder_and_complete_at"],
        ["/workers/50/builds?order=-buildid&limit=20", "builds_by_worker"],
        ["/builders/b20/buildrequests?order=-buildrequestid&limit=20", "buildrequests_by_builder"],
        ["/buildrequests?order=-submitted_at&limit=20", "buildrequests_by_submitted_at"],
        ["/builders/b20/buildrequests?order=-submitted_at&limit=20", "buildrequests_by_builder_and_submitted_at"],
        ["/builds/newest", "builds_builder_id_number_key"],
        ["/builds/newest/10?results=2&order=started_at&limit=5", "builds_builder_id_number_key"],
        ["/builds/newest/10?property=*", "builds_builder_id_number_key"],
        ["/build_statistics?complete_at__ge=4&complete_at__lt=5", "builds_by_complete_at"],
        ["/builders/b20/build_statistics/by_hour?complete_at__ge=4", "builds_by_builder_and_complete_at"],
        ["/builders/b20/step_statistics?complete_at__ge=4&complete_at__lt=5", "builds_by_builder_and_complete_at"],
        ["/builders/b20/step_statistics?complete_at__ge=4", "steps_build_id_n(ame|umber)_key"],
        ["/buildsets?order=-submitted_at&limit=20", "buildsets_by_submitted_at"],
        ["/buildsets?order=-complete_at&limit=20", "buildsets_by_complete_at"],
        ["/buildrequests?order=-complete_at&limit=20", "buildrequests_by_complete_at"],
        ["/builders/b20/log_sizes", "logs_by_builder"],
        ["/builders/b20/builds?complete=false", "builds_incomplete"],
        ["/builders/b20/builds?complete=false&order=-number", "builds_incomplete"],
        ["/workers/w50/builds?complete=false", "builds_incomplete"],
        ["/builders/b20/builds?results=0&order=-number&limit=1", "builds_by_builder_and_result"],
        ["/builders/b20/builds?results=0&order=-buildid&limit=1", "builds_by_builder_and_result_and_id"],
        ["/builders/b1/builds?results=success&limit=1", "builds_by_builder_and_result_and_id"],
        ["/builders/1/builds?results=2&order=-number&limit=1", "builds_by_builder_and_result"],
        ["/builders/b1/builds?results=0&order=-started_at&limit=1", "builds_by_builder_and_result_and_started_at"],
        ["/builders/b1/builds?results=0&order=-complete_at&limit=1", "builds_by_builder_and_result_and_complete_at"],
        ["/builders/b20/builds?results=2&order=complete_at&limit=1", "builds_by_builder_and_result_and_complete_at"],
        ["/builds?builder_name=b1&results=0&order=-buildid&limit=1", "builds_by_builder_and_result_and_id"],
        ["/builds?builderid=1&results=2&order=-number&limit=1", "builds_by_builder_and_result"],
        ["/builds?builder_name=b20&order=-buildid&limit=20", "builds_by_builder"],
        ["/builds?builder_name=b20&order=-started_at&limit=20", "builds_by_builder_and_started_at"],
        ["/builds?builderid=20&order=-buildid&limit=20", "builds_by_builder"],
        ["/builds?worker_name=w50&order=-buildid&limit=20", "builds_by_worker"],
        ["/builds?workerid=50&order=-buildid&limit=20", "builds_by_worker"],
        ["/builds?masterid=1&order=-buildid&limit=20", "builds_by_master"],
        ["/buildrequests?builderid=20&order=-buildrequestid&limit=20", "buildrequests_by_builder"],
        ["/builders/b20/builds?results__ne=0&order=-number&limit=20", "builds_not_successful"],
        ["/builders/b1/builds?results__ne=0&order=-number&limit=20", "builds_not_successful"],
        ["/builds?sourcestamp.branch=main&order=-buildid&limit=20", "build_terms_pkey"],
        ["/builds?sourcestamp.branch=dead&order=-buildid&limit=20", "build_terms_pkey"],
        ["/builders/b20/builds?sourcestamp.branch=main&order=-buildid&limit=20", "build_terms_pkey"],
        ["/builders/b1/builds?sourcestamp.branch=main&order=-buildid&limit=20", "build_terms_pkey"],
        ["/builds?sourcestamp.revision=r7&order=-number&limit=20", "sourcestamps_by_revision"],
        ["/builds?sourcestamp.revision=r7&sourcestamp.branch=dead", "sourcestamps_by_revision"],
        ["/buildrequests?sourcestamp.revision=r7", "sourcestamps_by_revision"],
        ["/buildsets?sourcestamp.revision=r7", "sourcestamps_by_revision"],
        ["/sourcestamps/7/builds?order=-buildid&limit=20", "build_terms_pkey"],
        ["/sourcestamps/7/buildsets?order=-bsid&limit=20", "buildset_sourcestamps_by_sourcestamp"],
        ["/sourcestamps?revision=r7", "sourcestamps_by_revision"],
        ["/sourcestamps?branch=dead&order=-ssid&limit=20", "sourcestamps_by_branch"],
        ["/buildsets/7/builds", "builds_by_buildset"],
        ["/builds?property.key=4000", "build_properties_by_value"],
        ["/builds?property.branch=dead&order=-buildid&limit=20", "build_properties_by_value"],
        ["/builds?builder_name=b20&order=-number&limit=20", "builds_builder_id_number_key"],
        ["/builds?results=2&order=-buildid&limit=20", "builds_by_result"],
        ["/builds?results=2&builderid=20&order=-buildid&limit=20", "builds_by_builder_and_result_and_id"],
        ["/steps?results=2&order=-stepid&limit=20", "steps_by_result"],
        ["/buildsets?results=2&order=-bsid&limit=20", "buildsets_by_result"],
        ["/buildrequests?results=2&order=-buildrequestid&limit=20", "buildrequests_by_result"],
        ["/builds?started_at__ge=4999000&order=-started_at&limit=20", "builds_by_started_at"],
        ["/builders/b1/builds?started_at__ge=0&order=-started_at&limit=20", "builds_by_builder_and_started_at"],
        ["/builders/b20/builds?complete=true&order=-complete_at&limit=20", "builds_by_builder_and_complete_at"],
    ];

    private const string ReadOfAWholeTable = "Seq Scan on (steps|builds|buildrequests|buildsets|logs) ";

    private PostgreSqlTestStore _store = null!;

    [OneTimeSetUp]
    public async Task MakeHistory()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        await (await _store.Open()).DisposeAsync();
        await _store.Scalar<int?>(History);
    }

    [OneTimeTearDown]
    public async Task RemoveHistory()
    {
        // There is none if the tests were skipped because there is no server.
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [TestCaseSource(nameof(QueriesWithIndex))]
    [TestCase("/build_statistics/by_day?complete_at__ge=4", "builds_by_complete_at")]
    public async Task Plan_OfAQueryThatHasAnIndex_UsesIt(string path, string index)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string plan = await Plan(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance));

        plan.Should().MatchRegex($@"\b{index}\b").And.NotMatchRegex(ReadOfAWholeTable);
    }

    [TestCaseSource(nameof(QueriesWithIndex))]
    public async Task PlanForAllValues_OfAQueryThatHasAnIndex_UsesIt(string path, string index)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string plan = await PlanForAllValues(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance));

        plan.Should().MatchRegex($@"\b{index}\b").And.NotMatchRegex(ReadOfAWholeTable);
    }

    [Test]
    public async Task IndexedOrders_OfEachField_HaveAnIndex()
    {
        string[] indexes = await Execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'");

        string[] missing = [.. DeclaredOrders().Where(declared => !indexes.Any(index => HasColumns(index, declared.First, declared.Second)))
            .Select(declared => $"{declared.First}, {declared.Second}")];

        missing.Should().BeEmpty("a page in such an order hides its values from the server, and only an index makes one plan right for all values");

        static bool HasColumns(string index, string first, string second)
        {
            (string table, string firstColumn, string secondColumn) = (TableOf(first), first[(first.IndexOf('.') + 1)..], second[(second.IndexOf('.') + 1)..]);
            return index.Contains($" ON public.{table} ", StringComparison.Ordinal)
                && Regex.IsMatch(index, $@"\({firstColumn}, {secondColumn}\b");
        }
    }

    [TestCase("/buildsets?order=-bsid&limit=20")]
    [TestCase("/buildsets?order=-submitted_at&limit=100")]
    [TestCase("/builds?property=*&order=-buildid&limit=20")]
    [TestCase("/builds?property.key=4000")]
    [TestCase("/builds?property.branch=dead&order=-buildid&limit=20")]
    [TestCase("/buildsets?property.owner=ann1&limit=20")]
    [TestCase("/buildsets?property.ticket=T-4000")]
    [TestCase("/builds?sourcestamp.branch=dead&order=-buildid&limit=20")]
    [TestCase("/builds?order=-started_at&limit=20")]
    [TestCase("/builders/1/builds?order=-number&limit=20")]
    [TestCase("/builders/20/builds?order=-number&limit=1")]
    [TestCase("/builders/b1/builds?results=0&order=-number&limit=1")]
    [TestCase("/builders/b20/builds?results=2&order=-complete_at&limit=1")]
    [TestCase("/builders/b20/builds?results__ne=0&order=-number&limit=20")]
    [TestCase("/builders/b1/builds?complete=true&order=-complete_at&limit=20")]
    [TestCase("/builders/b1/steps?results__ne=0&complete=true&order=-stepid&limit=20")]
    [TestCase("/buildsets?results=2&order=-bsid&limit=20")]
    [TestCase("/buildsets?complete=true&order=-complete_at&limit=20")]
    [TestCase("/builds?started_at__ge=4999000&order=-started_at&limit=20")]
    [TestCase("/builders/b1/builds?started_at__ge=4999000&order=-started_at&limit=20")]
    [TestCase("/workers/50/builds?order=-buildid&limit=20")]
    public async Task Plan_OfARepeatedQuery_IsKept(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string[] texts = await ExecuteRepeatedly(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance));

        texts[^1].Should().Be("1", "the server plans the first five executions by their values, and then keeps a plan that costs no more");
    }

    [TestCase("/buildsets?submitted_at__ge=0&limit=20")]
    [TestCase("/buildsets?submitted_at__ge=0&results=0&limit=20")]
    public async Task Plan_OfAQueryWhoseBestPlanDependsOnAValue_IsMadeAgain(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string[] texts = await ExecuteRepeatedly(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance));

        texts[^1].Should().Be("0", "the plan for a common value is bad for a rare one");
    }

    [TestCase("/builds?property.branch=main&started_at__ge=0&order=-buildid&limit=20")]
    [TestCase("/builders/b1/builds?property.branch=main&order=-buildid&limit=20")]
    [TestCase("/builds?property.branch=main&property.branch=dead&order=-buildid&limit=20")]
    [TestCase("/builders/b1/builds?complete_at__ge=0&limit=20")]
    [TestCase("/builders/b1/buildrequests?complete_at__ge=0&order=-complete_at&limit=20")]
    [TestCase("/builders/b20/builds?results__ne=0&started_at__ge=0&order=-started_at&limit=20")]
    [TestCase("/workers/50/builds?results__ne=0&order=-buildid&limit=20")]
    [TestCase("/builds?results=2&order=-started_at&limit=20")]
    [TestCase("/builders/b1/builds?complete=false&order=-buildid&limit=20")]
    public async Task Statement_OfAPageWithAFurtherCondition_ShowsTheServerAllValues(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        CapturedQuery captured = await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance);

        captured.Statement.Should().NotContain("(SELECT $").And.NotContain("AS page");
    }

    [TestCase("/builds?sourcestamp.branch=dead&order=-buildid&limit=20")]
    [TestCase("/builds?sourcestamp.branch=f10&order=-buildid&limit=20")]
    [TestCase("/builders/b1/builds?sourcestamp.branch=f10&order=-buildid&limit=20")]
    public async Task Plan_OfAPageOfARareBranch_ReadsTheIndexInItsOrder(string path)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string plan = await Plan(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance));

        plan.Should().NotContain("Sort");
    }

    [TestCase("/builds?property.branch=main&order=-buildid&limit=20", "/builds?property.branch=dead&order=-buildid&limit=20")]
    [TestCase("/builds?sourcestamp.branch=main&order=-buildid&limit=20", "/builds?sourcestamp.branch=dead&order=-buildid&limit=20")]
    public async Task Plan_OfAPageInTheOrderOfTheFilter_DoesNotDependOnTheValue(string pathOfCommonValue, string pathOfRareValue)
    {
        string ofCommon = await StartOfPlan(pathOfCommonValue);
        string ofRare = await StartOfPlan(pathOfRareValue);

        ofRare.Should().Be(ofCommon);

        async Task<string> StartOfPlan(string path)
        {
            (Query query, ResultSpec spec) = DataApi.Parse(path, null);
            string plan = await Plan(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance));
            return plan.Split('\n').Single(line => line.Contains(" start  (cost=", StringComparison.Ordinal));
        }
    }

    [TestCase("/builders/b1/builds?results=0&order=-buildid", "builds_by_builder_and_result_and_id")]
    [TestCase("/builders/b1/builds?results=0&order=buildid", "builds_by_builder_and_result_and_id")]
    [TestCase("/builders/b1/builds?order=-buildid", "builds_by_builder")]
    public async Task Plan_OfALaterPage_BeginsAtThePosition(string path, string index)
    {
        (Query query, ResultSpec spec) = DataApi.Parse(path, null);

        string plan = await Plan(await CapturedQuery.Of(query, spec, PostgreSqlDialect.Instance, after: [2500]));

        plan.Should().MatchRegex($@"{index}\b.*\n *Index Cond: .*ROW\(.*, id\)");
    }

    [Test]
    public async Task Plans_OfTheRemovalOfHistory_UseIndexes()
    {
        await using Master master = await _store.Open();
        foreach ((string text, object?[] values) in await StatementsOfRemoval.Record(master))
            (await Plan(text, values)).Should().NotMatchRegex("Seq Scan on (steps|builds|buildrequests|buildsets) ", text);
    }

    [Test]
    public async Task Plans_OfIncludedData_UseIndexes()
    {
        await using Master master = await _store.Open();
        foreach ((string text, IReadOnlyList<object?> values) in (await StatementsOfIncludes.Record(master)).Where(statement => statement.Text.Contains("ANY (", StringComparison.Ordinal)))
            (await Plan(text, values)).Should().NotMatchRegex("Seq Scan on (steps|builds|buildrequests|buildsets|buildset_properties) ", text);
    }

    [TestCase(0)]
    [TestCase(50_000)]
    [TestCase(99_990)]
    public async Task Plan_OfTheChunksFromALine_SearchesForItInTheKey(long firstLine)
    {
        var captured = new CapturedQuery(PostgreSqlDialect.Instance);
        await ChunkReader.Read(captured, logId: 1, firstLine, lastLine: 99_999, limit: 4, maxContentLength: long.MaxValue, CancellationToken.None);

        string plan = await Plan(captured);

        plan.Should().MatchRegex(@"Index Scan using log_chunks_pkey on log_chunks\s").And.MatchRegex("Index Cond: .*log_id = .*first_line <= .*first_line >= ")
            .And.NotContain("Seq Scan").And.NotContain("Sort");
    }

    /// <summary>Executes a query six times. The last text is the number of executions with a plan that the server has kept.</summary>
    private Task<string[]> ExecuteRepeatedly(CapturedQuery captured) => Execute([
        Prepare(captured),
        .. Enumerable.Repeat($"EXECUTE query({Literals(captured)})", 6),
        "SELECT generic_plans FROM pg_prepared_statements WHERE name = 'query'"]);

    /// <summary>Returns the plan that the server can keep, because it serves all values of the parameters.</summary>
    private async Task<string> PlanForAllValues(CapturedQuery captured) => string.Join('\n', await Execute(
        "SET plan_cache_mode = force_generic_plan", Prepare(captured), $"EXPLAIN EXECUTE query({Literals(captured)})"));

    /// <summary>Returns the first two columns of each index that a definition declares.</summary>
    private static IEnumerable<(string First, string Second)> DeclaredOrders()
    {
        Field[] fields = [.. BuildDefinition.Instance.Fields, .. BuildsetDefinition.Instance.Fields, .. BuildRequestDefinition.Instance.Fields, .. StepDefinition.Instance.Fields];
        foreach (Field field in fields)
        {
            (IReadOnlyList<string> ofEachResult, IReadOnlyList<string> ofUnsuccessful) = field switch
            {
                ResultsField<Build> results => (results.OrdersOfEachResult, results.OrdersOfUnsuccessful),
                ResultsField<Buildset> results => (results.OrdersOfEachResult, results.OrdersOfUnsuccessful),
                ResultsField<BuildRequest> results => (results.OrdersOfEachResult, results.OrdersOfUnsuccessful),
                ResultsField<Step> results => (results.OrdersOfEachResult, results.OrdersOfUnsuccessful),
                _ => ([], [field.Column!]),
            };
            foreach (string order in ofEachResult)
                yield return (field.Column!, order);
            foreach (string parent in field.IndexedParents)
            {
                foreach (string order in ofUnsuccessful)
                    yield return (parent, order);
            }
        }
    }

    private static string TableOf(string column) => column[..column.IndexOf('.')] switch
    {
        "request" => "buildrequests",
        var alias => alias + "s",
    };

    private static string Prepare(CapturedQuery captured)
    {
        string types = string.Join(", ", captured.Values.Select(value => value switch
        {
            null => "unknown",
            string => "text",
            _ => "bigint",
        }));
        return $"PREPARE query({types}) AS {captured.Statement}";
    }

    private static string Literals(CapturedQuery captured) => string.Join(", ", captured.Values.Select(value => value switch
    {
        null => "NULL",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    }));

    private Task<string> Plan(CapturedQuery captured) => Plan(captured.Statement, captured.Values);

    /// <summary>Executes statements on one connection. Returns the texts that they return.</summary>
    private async Task<string[]> Execute(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(_store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        var texts = new List<string>();
        foreach (string statement in statements)
        {
#pragma warning disable CA2100 // The library's own statement.
            await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                texts.Add(reader.GetValue(0).ToString()!);
        }

        return [.. texts];
    }

    private async Task<string> Plan(string statement, IReadOnlyList<object?> values)
    {
        await using var connection = new NpgsqlConnection(_store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The library's own statement.
        await using var command = new NpgsqlCommand("EXPLAIN " + statement, connection);
#pragma warning restore CA2100
        foreach (object? value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        var lines = new List<string>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
