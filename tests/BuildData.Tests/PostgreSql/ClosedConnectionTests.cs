using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.Tests;

/// <summary>A connection that is lost in the middle of an answer can be closed. The driver would throw the loss once more.</summary>
internal sealed class ClosedConnectionTests : ProxyTests
{
    [Test]
    public async Task ResetAndClose_TheAnswerWasCutOff_DoesNotThrow()
    {
        await using NpgsqlConnection connection = await CutOffInAnswer();

        await connection.Awaiting(lost => PostgreSqlDatabase.ResetAndClose(lost, holdsBatchLock: true).AsTask()).Should().NotThrowAsync();
    }

    [Test]
    public async Task Close_TheAnswerWasCutOff_DoesNotThrow()
    {
        await using NpgsqlConnection connection = await CutOffInAnswer();

        await connection.Awaiting(lost => PostgreSqlDatabase.Close(lost).AsTask()).Should().NotThrowAsync();
    }

    private async Task<NpgsqlConnection> CutOffInAnswer()
    {
        var connection = new NpgsqlConnection(Proxy.Through(Store.ConnectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", connection);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        Proxy.Reset();
        return connection;
    }
}
