using System.Data.Common;
using BuildData.PostgreSql.Schema;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using BuildData.Stores.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BuildData.Tests;

internal sealed class SchemaScriptsTests
{
    private const string Scripts = "BuildData.Tests.Stores.Schema.";

    [Test]
    public void NewestVersion_OnlyOneSourceHasIt_IsTheHighestOfBoth()
    {
        SchemaScripts scripts = ScriptsFor(new SqlDialect());

        scripts.NewestVersion.Should().Be(2);
    }

    [Test]
    public async Task Read_ScriptsOfBothSources_RunOnSqliteInTheirOrder()
    {
        using var folder = new TempFolder();
        await using var connection = new SqliteConnection(folder.ConnectionString + ";Pooling=False");

        await RunAll(connection, ScriptsFor(new SqlDialect()));

        (await NamesInOrder(connection)).Should().Equal("Pear", "apple");
    }

    [Test]
    public async Task Read_ScriptsOfBothSources_RunOnPostgreSqlInTheirOrder()
    {
        await using PostgreSqlTestStore store = await PostgreSqlTestStore.Create(await SharedServer.Get());
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");

        await RunAll(connection, ScriptsFor(PostgreSqlDialect.Instance));

        (await NamesInOrder(connection)).Should().Equal("Pear", "apple");
    }

    [Test]
    public void Read_UnknownVersion_NamesTheVersion()
    {
        Action read = () => ScriptsFor(new SqlDialect()).Read(3);

        read.Should().Throw<ArgumentOutOfRangeException>().Which.ActualValue.Should().Be(3L);
    }

    [Test]
    public void NewestVersion_OfBothStores_IsTheSame()
    {
        // A number that only one store has used would be skipped there when all stores get a script for it.
        var postgreSql = new SchemaScripts(PostgreSqlDialect.Instance, typeof(PostgreSqlSchema).Assembly, "BuildData.PostgreSql.Schema.");

        postgreSql.NewestVersion.Should().Be(SqliteSchema.Scripts.NewestVersion);
    }

    private static SchemaScripts ScriptsFor(SqlDialect dialect) => new(
        dialect,
        (typeof(SchemaScriptsTests).Assembly, Scripts + "AllStores."),
        (typeof(SchemaScriptsTests).Assembly, Scripts + "OneStore."));

    private static async Task RunAll(DbConnection connection, SchemaScripts scripts)
    {
        for (long version = 1; version <= scripts.NewestVersion; version++)
            await connection.ExecuteAsync(scripts.Read(version));
    }

    /// <summary>Returns the names of the fruits. Capital letters precede small letters only if texts compare by their code points.</summary>
    private static Task<IEnumerable<string>> NamesInOrder(DbConnection connection) =>
        connection.QueryAsync<string>("SELECT name FROM fruits WHERE id > 0 AND seeds > 1 ORDER BY name");
}
