using System.Globalization;
using BuildData.PostgreSql.Text;
using BuildData.Resources.BuildRequests;
using BuildData.Stores;
using BuildData.Values;
using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The server finds the next request by an index, also with a plan that does not know the parameters.</summary>
internal sealed class NextRequestPlanTests
{
    private const string Waiting =
        """
        INSERT INTO builders (name) SELECT 'b' || i FROM generate_series(1, 10) AS i;
        INSERT INTO buildsets (reason, submitted_at, complete) VALUES ('', 0, 0);
        INSERT INTO buildrequests (buildset_id, builder_id, priority, complete, submitted_at, waited_for)
        SELECT 1, 1 + i % 10, i % 7, 0, i, 0 FROM generate_series(1, 50000) AS i;
        ANALYZE;
        """;

    [TestCase(1)]
    [TestCase(4)]
    public async Task Plan_OfTheNextRequest_ReadsTheFirstEntriesOfTheIndex(int builders)
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.Create();
        await store.Scalar<int?>(Waiting);
        var ids = new EquatableList<long>([.. Enumerable.Range(1, builders).Select(id => (long)id)]);
        SqlBuilder sql = NextRequestSql.Append(new SqlBuilder(), ids, "request.id", 8, NextRequestSql.SpareForLocked)
            .Append(PostgreSqlDialect.Instance.LockRows("request", skipsLocked: true));

        string plan = await GenericPlan(store, sql.Text.ToString(), sql.Values.Length);

        plan.Should().Contain("using buildrequests_waiting").And.NotContain("Seq Scan");
    }

    private static async Task<string> GenericPlan(PostgreSqlTestStore store, string sql, int parameters)
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync("SET plan_cache_mode = force_generic_plan");
        await connection.ExecuteAsync($"PREPARE next ({string.Join(", ", Enumerable.Repeat("bigint", parameters))}) AS {sql}");
        string values = string.Join(", ", Enumerable.Range(1, parameters).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        return string.Join('\n', await connection.QueryAsync<string>($"EXPLAIN EXECUTE next ({values})"));
    }
}
