namespace BuildData.Benchmarks;

/// <summary>Races in reading, on 1,000 builds of ten steps.</summary>
internal static class ReadHeats
{
    public static async Task<Heat> Small(RaceOptions options)
    {
        if (!options.Work.Overlaps(["r1", "r2"]))
            return Heat.None;

        string folder = Directory.CreateTempSubdirectory("builddata-race-").FullName;
        string file = Path.Combine(folder, "builds.db");
        await ScaleFixture.Make(file, builds: 1_000);
        Master master = await Master.Open($"Data Source={file};Mode=ReadOnly");
        Master mapping = await Database.OpenMapped(file);
        var own = new OwnReads(master.Data, 1_000, 1_000);
        var mapped = new OwnReads(mapping.Data, 1_000, 1_000);
        var ado = new AdoReads(Database.Open(file, Durability.Full), 1_000);
        var dapper = new DapperReads(Database.Open(file, Durability.Full), 1_000);
        var ef = new EfReads(Database.Open(file, Durability.Full), 1_000);

        const string R1 = "r1 one step by id";
        const string R2 = "r2 the ten steps of a build by builder name and number";
        Lane[] lanes =
        [
            new(R1, "hand-written ADO.NET, two statements", 1, ado.StepInTwo),
            new(R1, "hand-written ADO.NET, one statement", 1, ado.Step),
            new(R1, "BuildData, Get<T>(path)", 1, own.Step),
            new(R1, "BuildData, Get<T>(path)", 64, own.Step),
            new(R1, "BuildData, file mapped into memory", 1, mapped.Step),
            new(R1, "Dapper", 1, dapper.Step),
            new(R1, "EF Core", 1, ef.Step, isSlowToWarm: true),
            new(R2, "hand-written ADO.NET, two statements", 1, ado.StepsInTwo),
            new(R2, "hand-written ADO.NET, one statement", 1, ado.Steps),
            new(R2, "BuildData, GetAll<T>(path)", 1, own.Steps),
            new(R2, "BuildData, GetAll<T>(path)", 64, own.Steps),
            new(R2, "BuildData, file mapped into memory", 1, mapped.Steps),
            new(R2, "Dapper", 1, dapper.Steps),
            new(R2, "EF Core", 1, ef.Steps, isSlowToWarm: true),
        ];
        return new Heat([.. lanes.Where(lane => options.Work.Contains(lane.Work[..2]))], master, mapping, ado, dapper, ef, new RemovedFolder(folder));
    }

    private sealed class RemovedFolder(string folder) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
