using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>Races on a PostgreSQL server.</summary>
internal static class PostgreSqlHeats
{
    private const long Builds = 100_000;

    /// <summary>p1: the step life cycle, each update awaited and on disk (synchronous_commit=on).</summary>
    public static async Task<Heat> StepLifeCycle(RaceOptions options)
    {
        if (options.PostgreSql is not { } server || !options.Work.Contains("p1"))
            return Heat.None;

        const string Work = "p1 step life cycle on PostgreSQL, updates, synchronous_commit=on";
        PostgreSqlDatabase own = await PostgreSqlDatabase.Make(server, Builds);
        PostgreSqlDatabase plain = await PostgreSqlDatabase.Make(server, Builds);
        NpgsqlDataSource dataSource = plain.Open();
        Master master = await Master.Open(o => o.UsePostgreSql(own.ConnectionString));
        var ownSteps = new OwnSteps(master.Data.Updates);
        var npgsql = new NpgsqlSteps(dataSource);
        return new Heat(
            [
                new(Work, "Npgsql, a transaction for each update", 64, (_, goOn) => npgsql.Run(plain.NextBuild, goOn)),
                new(Work, "Npgsql, a transaction for each update", 1, (_, goOn) => npgsql.Run(plain.NextBuild, goOn)),
                new(Work, "BuildData", 1, (_, goOn) => ownSteps.Run(own.NextBuild, goOn)),
                new(Work, "BuildData", 64, (_, goOn) => ownSteps.Run(own.NextBuild, goOn)),
                new(Work, "BuildData", 512, (_, goOn) => ownSteps.Run(own.NextBuild, goOn)),
            ],
            master, npgsql, own, plain);
    }
}
