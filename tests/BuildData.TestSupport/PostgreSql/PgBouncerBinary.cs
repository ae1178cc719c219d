namespace BuildData.TestSupport;

/// <summary>Where this machine has pgbouncer.</summary>
internal static class PgBouncerBinary
{
    private const string Override = "BUILDDATA_PGBOUNCER_BIN";
    private const string Name = "pgbouncer";

    /// <summary>The program, or null if there is none.</summary>
    public static string? Path { get; } = Candidates().FirstOrDefault(File.Exists);

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(Override) is { Length: > 0 } folder)
            return [System.IO.Path.Combine(folder, Name)];
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return ((string[])[.. path, "/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"]).Select(parent => System.IO.Path.Combine(parent, Name));
    }
}
