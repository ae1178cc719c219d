using System.Globalization;

namespace BuildData.Torture.PowerCut.Load;

/// <summary>What the recorded process does.</summary>
/// <param name="Seed">The number that its random choices come from. The order of concurrent callers also depends on the machine.</param>
/// <param name="Updates">How many updates it acknowledges at least.</param>
/// <param name="Durability">Which failures a completed update survives.</param>
/// <param name="StoresLogsOutside">Whether the lines of finished logs are in a folder.</param>
/// <param name="LogSizeLimit">The limit of the write-ahead log in bytes. A small one empties the log often; with a large one, SQLite overwrites the log.</param>
internal sealed record LoadSettings(int Seed, int Updates, Durability Durability, bool StoresLogsOutside, long LogSizeLimit)
{
    /// <summary>The name of the folder of logs.</summary>
    public const string LogFolder = "logs";

    /// <summary>The name of the database.</summary>
    public const string Database = "builds.db";

    /// <summary>Sets the options of a master in a folder.</summary>
    public void Apply(BuildDataOptions options, string folder)
    {
        options.UseSqlite($"Data Source={Path.Combine(folder, Database)}", sqlite => sqlite.LogSizeLimit = LogSizeLimit).KeepEvents(TimeSpan.FromDays(1));
        options.Durability = Durability;
        options.MaxResults = int.MaxValue;
        if (StoresLogsOutside)
            options.StoreLogsIn(new FolderLogStore(Path.Combine(folder, LogFolder)));
    }

    /// <summary>Returns the settings as arguments of a command.</summary>
    public string[] ToArguments() =>
    [
        Seed.ToString(CultureInfo.InvariantCulture), Updates.ToString(CultureInfo.InvariantCulture), Durability.ToString(),
        StoresLogsOutside.ToString(), LogSizeLimit.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Reads the settings from arguments of a command.</summary>
    public static LoadSettings FromArguments(string[] arguments) => new(
        int.Parse(arguments[0], CultureInfo.InvariantCulture), int.Parse(arguments[1], CultureInfo.InvariantCulture), Enum.Parse<Durability>(arguments[2]),
        bool.Parse(arguments[3]), long.Parse(arguments[4], CultureInfo.InvariantCulture));
}
