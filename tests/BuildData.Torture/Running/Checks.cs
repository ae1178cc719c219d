using System.CommandLine;
using BuildData.Torture.Histories;
using BuildData.Torture.Kill;
using BuildData.Torture.Load;
using BuildData.Torture.Servers;

namespace BuildData.Torture.Running;

/// <summary>Lists the checks, and the commands that the checks start as processes of their own.</summary>
internal static class Checks
{
    /// <summary>Gets all checks.</summary>
    public static IReadOnlyList<ICheck> All { get; } = [new KillCheck(), new HistoriesCheck(StoreKind.Sqlite), new HistoriesCheck(StoreKind.PostgreSql), new PostgreSqlCheck()];

    /// <summary>Gets the hidden commands that checks start as processes.</summary>
    public static IReadOnlyList<Command> Processes { get; } = [WriterProcess.CreateCommand(), MasterProcess.CreateCommand()];
}
