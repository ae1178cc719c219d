namespace BuildData.Benchmarks;

/// <summary>A contender's database and the processes that work on it.</summary>
internal sealed class RacerTeam : IAsyncDisposable
{
    private readonly PostgreSqlDatabase _database;
    private readonly List<RacerProcess> _racers = [];

    private RacerTeam(PostgreSqlDatabase database) => _database = database;

    public static async Task<RacerTeam> Start(string server, string raced, string work, string contender, int processes)
    {
        var team = new RacerTeam(await PostgreSqlDatabase.Make(server));
        try
        {
            KnownRows rows = await ContenderList.SetUp(contender, team._database);
            for (int i = 0; i < processes; i++)
            {
                string connectionString = team._database.ConnectionStringBy(raced);
                team._racers.Add(await RacerProcess.Start(new RacerStart(work, contender, connectionString, i, processes, rows)));
            }

            return team;
        }
        catch
        {
            await team.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets all processes work at the same time, with their connections open when the turn begins.</summary>
    public async Task<Latencies> Turn(int callers, TimeSpan length)
    {
        await Turn(new RacerTurn(callers, LeadIn: 0, Length: 0.2, ClosesConnections: false));
        return await Turn(new RacerTurn(callers, LeadIn: length.TotalSeconds / 4, length.TotalSeconds, ClosesConnections: true));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_racers.Select(racer => racer.DisposeAsync().AsTask()));
        await _database.DisposeAsync();
    }

    private async Task<Latencies> Turn(RacerTurn turn)
    {
        var all = new Latencies();
        foreach (Latencies one in await Task.WhenAll(_racers.Select(racer => racer.Turn(turn))))
            all.Add(one);
        return all;
    }
}
