namespace BuildData.Benchmarks;

/// <summary>Races in writing.</summary>
internal static class WriteHeats
{
    private const int MostCallers = 1024;
    private const long Builds = 300_000;

    /// <summary>w1: new, start, state string, URL, finish, each awaited.</summary>
    public static async Task<Heat> StepLifeCycle(RaceOptions options, Durability durability)
    {
        if (!options.Work.Contains("w1"))
            return Heat.None;

        string work = $"w1 step life cycle, updates, synchronous={durability.ToString().ToUpperInvariant()}";
        Database[] databases = [.. await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Database.Make(Builds)))];
        Master master = await Master.Open(o =>
        {
            o.UseSqlite(databases[0].ConnectionString);
            o.Durability = durability;
        });
        var own = new OwnSteps(master.Data.Updates);
        var ado = new AdoSteps(databases[1].Open(durability), oneTransaction: false);
        var ceiling = new AdoSteps(databases[2].Open(durability), oneTransaction: true);
        var dapper = new DapperSteps(databases[3].Open(durability));
        var ef = new EfSteps(databases[4].Open(durability));

        Lane Steps(string contender, int callers, Func<Func<long>, Func<bool>, Task<long>> run, int database, bool isSlowToWarm = false) =>
            new(work, contender, callers, (_, goOn) => run(databases[database].NextBuild, goOn), isSlowToWarm);

        return new Heat(
            [
                Steps("hand-written ADO.NET", 1, ado.Run, 1),
                Steps("hand-written, one large transaction (ceiling)", 1, ceiling.Run, 2),
                Steps("BuildData", 1, own.Run, 0),
                Steps("BuildData", 64, own.Run, 0),
                Steps("BuildData", MostCallers, own.Run, 0),
                Steps("Dapper", 1, dapper.Run, 3),
                Steps("Dapper", 64, dapper.Run, 3),
                Steps("EF Core", 1, ef.Run, 4, isSlowToWarm: true),
                Steps("EF Core", 64, ef.Run, 4),
            ],
            [master, ado, ceiling, dapper, ef, .. databases]);
    }

    /// <summary>w2: a buildset with three builders, each request claimed and completed, until the buildset is complete.</summary>
    public static async Task<Heat> WholeBuildset(RaceOptions options)
    {
        if (!options.Work.Contains("w2"))
            return Heat.None;

        Database database = await Database.Make(1);
        Database adoDatabase = await Database.Make(1);
        Master master = await Master.Open(database.ConnectionString);
        var own = await OwnBuildsets.Make(master.Data.Updates);
        var ado = new AdoBuildsets(adoDatabase.Open(Durability.Full));

        const string Work = "w2 whole buildsets with 3 builders, synchronous=FULL";
        return new Heat(
            [
                new(Work, "hand-written ADO.NET", 1, ado.Run),
                new(Work, "BuildData", 1, own.Run),
                new(Work, "BuildData", 64, own.Run),
                new(Work, "BuildData", MostCallers, own.Run),
            ],
            master, ado, database, adoDatabase);
    }

    /// <summary>e3: what it costs to keep events.</summary>
    public static async Task<Heat> KeptEvents(RaceOptions options)
    {
        if (!options.Work.Contains("e3"))
            return Heat.None;

        const string Work = "e3 step life cycle with events kept, updates, synchronous=FULL";
        Database plainDatabase = await Database.Make(Builds);
        Database keepingDatabase = await Database.Make(Builds);
        Master plain = await Master.Open(plainDatabase.ConnectionString);
        Master keeping = await Master.Open(o => o.UseSqlite(keepingDatabase.ConnectionString).KeepEvents(TimeSpan.FromHours(1)));
        var plainSteps = new OwnSteps(plain.Data.Updates);
        var keepingSteps = new OwnSteps(keeping.Data.Updates);
        return new Heat(
            [
                new(Work, "not kept", 64, (_, goOn) => plainSteps.Run(plainDatabase.NextBuild, goOn)),
                new(Work, "kept", 64, (_, goOn) => keepingSteps.Run(keepingDatabase.NextBuild, goOn)),
                new(Work, "not kept", 1, (_, goOn) => plainSteps.Run(plainDatabase.NextBuild, goOn)),
                new(Work, "kept", 1, (_, goOn) => keepingSteps.Run(keepingDatabase.NextBuild, goOn)),
            ],
            plain, keeping, plainDatabase, keepingDatabase);
    }
}
