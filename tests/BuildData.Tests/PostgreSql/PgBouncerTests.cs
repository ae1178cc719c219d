using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The tests' pgbouncer does what the tests of the store take for granted.</summary>
internal sealed class PgBouncerTests
{
    private const string Backend = "SELECT pg_backend_pid()";

    [TestCase("transaction")]
    [TestCase("session")]
    public async Task Query_InAnyMode_Works(string poolMode)
    {
        await using PgBouncer bouncer = await Required.StartBouncer(await SharedServer.Get(), poolMode);
        await using NpgsqlConnection connection = await Open(bouncer);

        (await connection.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Test]
    public async Task Transactions_InTransactionMode_RunOnAnotherClientsBackend()
    {
        await using PgBouncer bouncer = await Required.StartBouncer(await SharedServer.Get(), "transaction");
        await using NpgsqlConnection one = await Open(bouncer);
        await using NpgsqlConnection other = await Open(bouncer);

        int[] backends = [await Transaction(one), await Transaction(other), await Transaction(one)];

        backends.Should().AllBeEquivalentTo(backends[0]);

        static async Task<int> Transaction(NpgsqlConnection connection)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            int backend = await connection.ExecuteScalarAsync<int>(Backend);
            await transaction.CommitAsync();
            return backend;
        }
    }

    [Test]
    public async Task Queries_InSessionMode_RunOnABackendOfTheClientsOwn()
    {
        await using PgBouncer bouncer = await Required.StartBouncer(await SharedServer.Get(), "session");
        await using NpgsqlConnection one = await Open(bouncer);
        await using NpgsqlConnection other = await Open(bouncer);

        int backend = await one.ExecuteScalarAsync<int>(Backend);

        (await other.ExecuteScalarAsync<int>(Backend)).Should().NotBe(backend);
        (await one.ExecuteScalarAsync<int>(Backend)).Should().Be(backend);
    }

    private static async Task<NpgsqlConnection> Open(PgBouncer bouncer)
    {
        PostgreSqlServer server = await SharedServer.Get();
        var connection = new NpgsqlConnection(bouncer.Through(server.ConnectionString()) + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
