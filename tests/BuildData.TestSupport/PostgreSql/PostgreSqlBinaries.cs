using System.Globalization;

namespace BuildData.TestSupport;

/// <summary>Where this machine has PostgreSQL's programs.</summary>
internal static class PostgreSqlBinaries
{
    private const string Override = "BUILDDATA_POSTGRESQL_BIN";

    private static readonly string[] Programs = ["initdb", "postgres", "pg_basebackup"];

    /// <summary>The folder, or null if there is none.</summary>
    public static string? Folder { get; } =
        Candidates().FirstOrDefault(folder => Programs.All(program => File.Exists(Path.Combine(folder, program))));

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(Override) is { Length: > 0 } chosen)
            return [chosen];
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return
        [
            .. path,
            .. NewestFirst("/usr/lib/postgresql", "*"),
            .. NewestFirst("/usr", "pgsql-*"),
            "/usr/local/pgsql/bin",
            .. NewestFirst("/opt/homebrew/opt", "postgresql@*"),
            .. NewestFirst("/usr/local/opt", "postgresql@*"),
        ];
    }

    private static IEnumerable<string> NewestFirst(string parent, string folders) =>
        Directory.Exists(parent)
            ? Directory.GetDirectories(parent, folders).OrderByDescending(Version).Select(folder => Path.Combine(folder, "bin"))
            : [];

    private static double Version(string folder)
    {
        string name = Path.GetFileName(folder);
        return double.TryParse(name[(name.LastIndexOfAny(['-', '@']) + 1)..], CultureInfo.InvariantCulture, out double version) ? version : 0;
    }
}
