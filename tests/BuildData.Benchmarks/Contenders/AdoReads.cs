using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>Reads as hand-written ADO.NET would do them: kept commands, one statement or two.</summary>
internal sealed class AdoReads(SqliteConnection connection, long builds) : IAsyncDisposable
{
    private const string Columns =
        "id, build_id, number, name, started_at, locks_acquired_at, complete, complete_at, state_string, results, urls, hidden";

    private readonly SqliteCommand _exists = connection.Kept("SELECT build_id FROM steps WHERE id = $1", 1);
    private readonly SqliteCommand _step = connection.Kept($"SELECT {Columns} FROM steps WHERE id = $1", 1);
    private readonly SqliteCommand _build = connection.Kept(
        "SELECT b.id FROM builds b JOIN builders d ON d.id = b.builder_id WHERE d.name = $1 AND b.number = $2", 2);

    private readonly SqliteCommand _steps = connection.Kept($"SELECT {Columns} FROM steps WHERE build_id = $1 ORDER BY number", 1);
    private readonly SqliteCommand _stepsByName = connection.Kept(
        $"SELECT {Columns} FROM steps WHERE build_id = (SELECT id FROM builds WHERE builder_id = (SELECT id FROM builders WHERE name = $1) AND number = $2) ORDER BY number", 2);

    public Task<long> Step(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks => Read(_step.Bind(picks.Step())).Count == 1);

    public Task<long> StepInTwo(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks =>
    {
        long id = picks.Step();
        return _exists.Bind(id).ExecuteScalar() is long && Read(_step.Bind(id)).Count == 1;
    });

    public Task<long> Steps(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks =>
    {
        (string builder, long number) = picks.Build();
        return Read(_stepsByName.Bind(builder, number)).Count == 10;
    });

    public Task<long> StepsInTwo(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks =>
    {
        (string builder, long number) = picks.Build();
        long build = (long)_build.Bind(builder, number).ExecuteScalar()!;
        return Read(_steps.Bind(build)).Count == 10;
    });

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    private Task<long> Repeat(int caller, Func<bool> goOn, Func<Picks, bool> read) => Repeated.Reads(caller, builds, goOn, read);

    private static List<Step> Read(SqliteCommand command)
    {
        var steps = new List<Step>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            steps.Add(new Step
            {
                StepId = row.GetInt64(0),
                BuildId = row.GetInt64(1),
                Number = row.GetInt64(2),
                Name = row.GetString(3),
                StartedAt = Time(row, 4),
                LocksAcquiredAt = Time(row, 5),
                Complete = row.GetInt64(6) != 0,
                CompleteAt = Time(row, 7),
                StateString = row.GetString(8),
                Results = row.IsDBNull(9) ? null : (BuildResult)row.GetInt64(9),
                Urls = row.IsDBNull(10)
                    ? []
                    : System.Text.Json.JsonSerializer.Deserialize(row.GetString(10), BuildDataJsonContext.Default.IReadOnlyListStepUrl)!,
                Hidden = row.GetInt64(11) != 0,
            });
        }

        return steps;
    }

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.UnixEpoch.AddTicks(row.GetInt64(column) * TimeSpan.TicksPerMicrosecond);
}
