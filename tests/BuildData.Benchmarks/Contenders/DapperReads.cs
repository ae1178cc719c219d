using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>Reads with plain Dapper.</summary>
internal sealed class DapperReads(SqliteConnection connection, long builds) : IAsyncDisposable
{
    private const string Columns =
        """
        id AS Id, build_id AS BuildId, number AS Number, name AS Name, started_at AS StartedAt, locks_acquired_at AS LocksAcquiredAt,
        complete AS Complete, complete_at AS CompleteAt, state_string AS StateString, results AS Results, urls AS Urls, hidden AS Hidden
        """;

    public Task<long> Step(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks =>
        connection.QueryFirstOrDefault<EfStep>($"SELECT {Columns} FROM steps WHERE id = @id", new { id = picks.Step() })?.ToStep() is not null);

    public Task<long> Steps(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks =>
    {
        (string builder, long number) = picks.Build();
        long build = connection.ExecuteScalar<long>(
            "SELECT b.id FROM builds b JOIN builders d ON d.id = b.builder_id WHERE d.name = @builder AND b.number = @number", new { builder, number });
        return connection.Query<EfStep>($"SELECT {Columns} FROM steps WHERE build_id = @build ORDER BY number", new { build }).Select(row => row.ToStep()).ToList().Count == 10;
    });

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    private Task<long> Repeat(int caller, Func<bool> goOn, Func<Picks, bool> read) => Repeated.Reads(caller, builds, goOn, read);
}
