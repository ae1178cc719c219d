namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>Creates a SQLite file that has its schema and no rows except that of the master.</summary>
internal static class EmptyDatabase
{
    public static async Task Create(string file)
    {
        await using Master master = await Master.Open($"Data Source={file}");
    }
}
