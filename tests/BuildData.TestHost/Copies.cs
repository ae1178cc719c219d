namespace BuildData.TestHost;

/// <summary>Copies a store into another one.</summary>
internal static class Copies
{
    /// <summary>Runs the copy, and prints the name of the table after each transaction.</summary>
    public static async Task Run(string from, string to)
    {
        Console.WriteLine("open");
        await BuildDataCopy.Run(options => Use(options, from), options => Use(options, to), new Printer());
        Console.WriteLine("done");
    }

    private static void Use(BuildDataOptions options, string store) =>
        _ = store.StartsWith("Host=", StringComparison.Ordinal) ? options.UsePostgreSql(store) : options.UseSqlite($"Data Source={store}");

    private sealed class Printer : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => Console.WriteLine($"{value.Phase} {value.Table}");
    }
}
