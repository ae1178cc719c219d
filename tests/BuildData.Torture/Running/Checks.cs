using System.CommandLine;
using BuildData.Torture.Files;
using BuildData.Torture.Histories;
using BuildData.Torture.Kill;
using BuildData.Torture.Load;

namespace BuildData.Torture.Running;

/// <summary>Lists the checks, and the commands that the checks start as processes of their own.</summary>
internal static class Checks
{
    /// <summary>Gets all checks.</summary>
    public static IReadOnlyList<ICheck> All { get; } = [new KillCheck(), new FilesCheck(), new HistoriesCheck(StoreKind.Sqlite), new HistoriesCheck(StoreKind.PostgreSql)];

    /// <summary>Gets the hidden commands that checks start as processes.</summary>
    public static IReadOnlyList<Command> Processes { get; } = [WriterProcess.CreateCommand()];
}
