using System.Diagnostics;

namespace BuildData.Benchmarks.Copying;

/// <summary>The process that copies. Prints a line after each transaction.</summary>
internal static class Copier
{
    public static async Task Run(string from, string to)
    {
        CopyResult result = await BuildDataCopy.Run(options => Use(options, from), options => Use(options, to), new Printer());
        foreach (CopiedTable table in result.Tables)
            Console.WriteLine($"= {table.Name,-24} {table.Rows,12:N0} rows  {table.Checksum}");
    }

    private static void Use(BuildDataOptions options, string store) =>
        _ = store.StartsWith("Host=", StringComparison.Ordinal) ? options.UsePostgreSql(store) : options.UseSqlite($"Data Source={store}");

    private sealed class Printer : IProgress<CopyProgress>
    {
        private readonly Process _self = Process.GetCurrentProcess();

        public void Report(CopyProgress value)
        {
            _self.Refresh();
            Console.WriteLine($"{value.Phase} {value.Table} {value.Rows} {value.TotalRows} {_self.PeakWorkingSet64 >> 20}");
        }
    }
}
