using BuildData.Copying;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The list of tables that a copy copies has all tables and columns of each store.</summary>
internal sealed class CopyTablesTests
{
    [Test]
    public async Task List_OfSqlite_HasAllTablesAndColumns()
    {
        await using var store = (SqliteTestStore)await StoreKinds.Sqlite.Create();
        await (await store.Open()).DisposeAsync();
        await using var connection = new SqliteConnection(store.Folder.ConnectionString + ";Pooling=False");

        IEnumerable<string> columns = await connection.QueryAsync<string>(
            "SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'");

        Copied(columns).Should().BeEquivalentTo(Listed("INTEGER", "TEXT", "BLOB", withSharedStoreColumns: false));
    }

    [Test]
    public async Task List_OfPostgreSql_HasAllTablesAndColumns()
    {
        await using var store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");

        IEnumerable<string> columns = await connection.QueryAsync<string>(
            "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'builddata_schema'");

        Copied(columns).Should().BeEquivalentTo(Listed("bigint", "text", "bytea", withSharedStoreColumns: true));
    }

    [Test]
    public async Task Order_OfTheList_FollowsTheForeignKeys()
    {
        await using var store = (SqliteTestStore)await StoreKinds.Sqlite.Create();
        await (await store.Open()).DisposeAsync();
        await using var connection = new SqliteConnection(store.Folder.ConnectionString + ";Pooling=False");
        List<string> order = [.. CopyTables.All.Select(table => table.Name)];

        IEnumerable<(string Table, string Column, string Referenced)> keys = await connection.QueryAsync<(string, string, string)>(
            "SELECT t.name, k.\"from\", k.\"table\" FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS k WHERE t.type = 'table'");

        keys.Where(key => order.IndexOf(key.Referenced) >= order.IndexOf(key.Table))
            .Select(key => $"{key.Table}.{key.Column}")
            .Should().BeEquivalentTo(CopyTables.All.SelectMany(table => table.LateColumns.Select(column => $"{table.Name}.{column}")));
    }

    private static IEnumerable<string> Copied(IEnumerable<string> columns) =>
        columns.Where(column => !CopyTables.NotCopied.Contains(column.Split('.')[0], StringComparer.Ordinal));

    private static IEnumerable<string> Listed(string number, string text, string bytes, bool withSharedStoreColumns) =>
        from table in CopyTables.All
        from column in (IEnumerable<string>)
        [
            .. table.Numbers.Select(name => $"{name} {number}"), .. table.Texts.Select(name => $"{name} {text}"),
            .. table.Bytes.Select(name => $"{name} {bytes}"),
            .. withSharedStoreColumns ? table.SharedStoreNumbers.Select(name => $"{name} {number}") : [],
        ]
        select $"{table.Name}.{column}";
}
