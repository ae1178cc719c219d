using Dapper;
using Npgsql;

namespace BuildData.Tests;

internal sealed class PostgreSqlTestStoreTests
{
    [Test]
    public async Task Create_Twice_GivesTwoDatabases()
    {
        PostgreSqlServer server = await SharedServer.Get();
        await using PostgreSqlTestStore first = await PostgreSqlTestStore.Create(server);
        await using PostgreSqlTestStore second = await PostgreSqlTestStore.Create(server);
        await using var connection = new NpgsqlConnection(first.ConnectionString);
        await using var other = new NpgsqlConnection(second.ConnectionString);

        await connection.ExecuteAsync("CREATE TABLE numbers (number int)");

        (await connection.ExecuteScalarAsync<string?>("SELECT to_regclass('numbers')::text")).Should().Be("numbers");
        (await other.ExecuteScalarAsync<string?>("SELECT to_regclass('numbers')::text")).Should().BeNull();
    }

    [Test]
    public async Task Dispose_ConnectionIsOpen_RemovesTheDatabaseAllTheSame()
    {
        PostgreSqlServer server = await SharedServer.Get();
        PostgreSqlTestStore store = await PostgreSqlTestStore.Create(server);
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();

        await store.DisposeAsync();

        await connection.Awaiting(open => open.ExecuteAsync("SELECT 1")).Should().ThrowAsync<NpgsqlException>();
    }
}
