namespace BuildData.Torture.PowerCut;

/// <summary>A kind of store that is checked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Durability">Which failures a completed update survives.</param>
/// <param name="StoresLogsOutside">Whether the lines of finished logs are in a folder.</param>
/// <param name="LogSizeLimit">The limit of the write-ahead log.</param>
internal sealed record PowerCutScenario(string Name, Durability Durability, bool StoresLogsOutside, long LogSizeLimit)
{
    private const long Small = 1024 * 1024;
    private const long Large = 64 * 1024 * 1024;

    /// <summary>Gets all scenarios.</summary>
    public static IReadOnlyList<PowerCutScenario> All { get; } =
    [
        new("full", Durability.Full, StoresLogsOutside: false, Small),
        new("normal", Durability.Normal, StoresLogsOutside: false, Small),
        new("full-folder", Durability.Full, StoresLogsOutside: true, Large),
        new("normal-folder", Durability.Normal, StoresLogsOutside: true, Large),
    ];
}
