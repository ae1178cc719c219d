using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The tests' roles are what the tests of the store take for granted.</summary>
internal sealed class PostgreSqlRoleTests() : StoreTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Create_WithASetting_ConnectionsOfTheRoleHaveIt()
    {
        await using PostgreSqlRole role = await PostgreSqlRole.Create((PostgreSqlTestStore)Store, ("lock_timeout", "7s"));
        await using var connection = new NpgsqlConnection(role.ConnectionString + ";Pooling=false");

        (await connection.ExecuteScalarAsync<string>("SHOW lock_timeout")).Should().Be("7s");
        (await connection.ExecuteScalarAsync<string>("SHOW is_superuser")).Should().Be("off");
    }

    [Test]
    public async Task Open_AsARole_WritesAndReads()
    {
        await using PostgreSqlRole role = await PostgreSqlRole.Create((PostgreSqlTestStore)Store);
        await using Master master = await role.Open();

        long build = await master.Data.Updates.Build();

        (await master.Data.GetAll<Build>("/builds")).Select(b => b.BuildId).Should().Equal(build);
    }
}
