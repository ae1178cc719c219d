using System.CommandLine;
using BuildData.Torture.Files;
using BuildData.Torture.Followers;
using BuildData.Torture.Fuzzing;
using BuildData.Torture.Fuzzing.Instrumented;
using BuildData.Torture.Handovers;
using BuildData.Torture.Histories;
using BuildData.Torture.Kill;
using BuildData.Torture.Load;
using BuildData.Torture.PowerCut;
using BuildData.Torture.PowerCut.Load;
using BuildData.Torture.Servers;
using BuildData.Torture.Soak;
using BuildData.Torture.Upgrade;

namespace BuildData.Torture.Running;

/// <summary>Lists the checks, and the commands that the checks start as processes of their own.</summary>
internal static class Checks
{
    /// <summary>Gets all checks.</summary>
    public static IReadOnlyList<ICheck> All { get; } =
    [
        new KillCheck(),
        new PowerCutCheck(new PowerCutSettings()),
        new FilesCheck(),
        new UpgradeCheck(),
        new PostgreSqlCheck(),
        new HistoriesCheck(StoreKind.Sqlite),
        new HistoriesCheck(StoreKind.PostgreSql),
        new HandoversCheck(),
        new FuzzCheck(),
        new FollowersCheck(),
        new SoakCheck(SoakSettings.Long),
    ];

    /// <summary>Gets the hidden commands that checks start as processes.</summary>
    public static IReadOnlyList<Command> Processes { get; } = [WriterProcess.CreateCommand(), MasterProcess.CreateCommand(), LoadProcess.Command, FuzzProcess.Create(), MigrationProcess.CreateCommand()];
}
