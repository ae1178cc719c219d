using System.Diagnostics.CodeAnalysis;

namespace BuildData.Samples.BuildLog;

/// <summary>What the command line asks for.</summary>
/// <param name="Live">The project or solution to build now; null to read a recorded build.</param>
/// <param name="LogFile">The recorded build to read.</param>
/// <param name="Database">The SQLite file to record in.</param>
internal sealed record Arguments(string? Live, string LogFile, string Database)
{
    public const string Usage =
        """
        Usage: BuildLog [--db FILE] [LOGFILE | --live PROJECT]

          LOGFILE          reads a recorded build (default: the one that is shipped)
          --live PROJECT   runs "dotnet build" on a project or solution and records it
          --db FILE        the SQLite file to record in (default: builds.db)

        Exits with 0 if the build succeeded, 1 if it did not, 2 if it could not be recorded.
        """;

    public static bool TryParse(
        string[] args, [NotNullWhen(true)] out Arguments? arguments, [NotNullWhen(false)] out string? error)
    {
        string? live = null;
        string? logFile = null;
        string? database = null;
        arguments = null;
        for (int i = 0; i < args.Length; i++)
        {
            bool isOption = args[i].StartsWith('-');
            string? value = !isOption ? args[i] : i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--live" or "--db" when value is null:
                    error = $"{args[i]} needs a file.";
                    return false;
                case "--live" when live is null:
                    live = value;
                    i++;
                    break;
                case "--db" when database is null:
                    database = value;
                    i++;
                    break;
                case var _ when !isOption && logFile is null:
                    logFile = value;
                    break;
                default:
                    error = $"Unexpected argument: {args[i]}";
                    return false;
            }
        }

        error = live is not null && logFile is not null ? "A build is either live or in a log file."
            : (live ?? logFile) is { } file && !File.Exists(file) ? $"There is no file {Path.GetFullPath(file)}"
            : null;
        if (error is not null)
            return false;

        arguments = new Arguments(live, logFile ?? Path.Combine(AppContext.BaseDirectory, "BuildData.log"), database ?? "builds.db");
        return true;
    }
}
