using System.CommandLine;
using System.Diagnostics;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade;

/// <summary>A process that opens a store, which migrates it, and closes it.</summary>
internal static class MigrationProcess
{
    public const string CommandName = "migrate";

    /// <summary>What the process prints immediately before it opens the store.</summary>
    public const string Begins = "begins";

    /// <summary>What the process prints when the store is open.</summary>
    public const string Opened = "opened";

    private static readonly Option<string> Sqlite = new("--sqlite");
    private static readonly Option<string> PostgreSql = new("--postgresql");
    private static readonly Option<string> MasterName = new("--master") { DefaultValueFactory = _ => OldStore.OpenedBy };

    /// <summary>Creates the command.</summary>
    public static Command CreateCommand()
    {
        var command = new Command(CommandName, "Opens a store. The check 'upgrade' starts it.") { Sqlite, PostgreSql, MasterName };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            // What is loaded and compiled before takes no time while the check waits for a moment to kill this process.
            using (var warmUp = new TempFolder())
                await (await Master.Open(warmUp.ConnectionString, cancellationToken)).DisposeAsync();
            await Print(Begins);
            await using Master master = await Master.Open(options => Configure(options, result), cancellationToken);
            await Print(Opened);
        });
        return command;
    }

    /// <summary>Starts such a process.</summary>
    public static Process Start(OldStore store, string masterName = OldStore.OpenedBy)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MigrationProcess).Assembly.Location, CommandName, .. store.ProcessArguments, "--master", masterName])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static void Configure(BuildDataOptions options, ParseResult result)
    {
        if (result.GetValue(Sqlite) is { } file)
            options.UseSqlite($"Data Source={file}");
        else
            options.UsePostgreSql(result.GetValue(PostgreSql)!);
        options.MasterName = result.GetValue(MasterName)!;
        options.KeepEvents(TimeSpan.FromDays(30_000));
    }

    private static async Task Print(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.Out.FlushAsync();
    }
}
