using System.CommandLine;
using System.Diagnostics;
using System.Text;
using BuildData.Torture.PowerCut.Recording;
using BuildData.Torture.Upgrade.Stores;
using BuildData.Values;

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
    private static readonly Option<string> CopyOf = new("--copy-of");
    private static readonly Option<string> MasterName = new("--master") { DefaultValueFactory = _ => OldStore.OpenedBy };

    /// <summary>Creates the command.</summary>
    public static Command CreateCommand()
    {
        var command = new Command(CommandName, "Opens a store. The check 'upgrade' starts it.") { Sqlite, PostgreSql, CopyOf, MasterName };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(CopyOf) is { } original)
            {
                await MigrateCopy(original, result.GetValue(Sqlite)!, cancellationToken);
                return;
            }

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

    /// <summary>Returns the arguments of a process that first copies a file, so that a recorder sees all of its bytes, and then migrates the copy.</summary>
    public static string[] ArgumentsForCopy(string original, string copy) => [CommandName, "--sqlite", copy, "--copy-of", original];

    private static async Task MigrateCopy(string original, string copy, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(copy)!;
        await using var marks = new FileStream(Path.Combine(folder, Recorder.Marks), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await using (FileStream target = File.Create(copy))
        {
            await target.WriteAsync(await File.ReadAllBytesAsync(original, cancellationToken), cancellationToken);
            target.Flush(flushToDisk: true);
        }

        FolderSync.Flush(folder);
        marks.Write(Encoding.UTF8.GetBytes(Begins));
        await using (await Master.Open(options => options.UseSqlite($"Data Source={copy}").KeepEvents(TimeSpan.FromDays(30_000)).MasterName = OldStore.OpenedBy, cancellationToken))
            marks.Write(Encoding.UTF8.GetBytes(Opened));
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
