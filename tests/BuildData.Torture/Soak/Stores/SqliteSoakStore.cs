using BuildData.Torture.Examination;
using BuildData.Torture.Running;
using BuildData.Torture.Soak.Measuring;
using SQLitePCL;

namespace BuildData.Torture.Soak.Stores;

/// <summary>A SQLite file, with a folder for the lines of logs.</summary>
internal sealed class SqliteSoakStore : SoakStore
{
    private const double Megabyte = 1024 * 1024;

    // SQLite calls it SQLITE_STATUS_PAGECACHE_OVERFLOW: the pages that are in memory of the heap. All of them are, by default.
    private const int PageCache = 2;

    private readonly TempFolder _folder = new();
    private int _files;

    private string LogFolder => _folder.File("logs");

    /// <inheritdoc/>
    /// <remarks>
    /// The file and the folder follow the load, which is random, and space is returned some time after a removal. So half of the median is tolerated.
    /// SQLite's memory is mostly cached pages, at most 2 MB of each open connection, and prepared statements, at most 200 of each. The number of
    /// connections follows the readers, and the load has more queries than a connection keeps. So the tolerance is what some connections can hold.
    /// </remarks>
    public override IReadOnlyList<Gauge> Gauges =>
    [
        new("database MB", () => SizeOf(_folder.Database), Tolerance: 4, RelativeTolerance: 0.5),
        new("write-ahead log MB", () => SizeOf(_folder.Database + "-wal"), Tolerance: 4, RelativeTolerance: 0.5),
        new("pages in memory MB", static () => CachedPages() / Megabyte, Tolerance: 8, RelativeTolerance: 0),
        new("other memory of SQLite MB", static () => (raw.sqlite3_memory_used() - CachedPages()) / Megabyte, Tolerance: 8, RelativeTolerance: 0),
        new("log files", () => CountLogs(), Tolerance: 200, RelativeTolerance: 0.5),
    ];

    public override void Use(BuildDataOptions options) =>
        options.UseSqlite(_folder.ConnectionString, sqlite => sqlite.LogSizeLimit = 1024 * 1024).StoreLogsIn(new FolderLogStore(LogFolder));

    public override async Task UseOtherMasters(Random random, CancellationToken end)
    {
        switch (random.Next(3))
        {
            case 0:
                await using (Master reader = await Master.Open(options => options.UseSqlite($"{_folder.ConnectionString};Mode=ReadOnly").StoreLogsIn(new FolderLogStore(LogFolder)), end))
                    await reader.Data.GetAll<Build>("/builds?order=-buildid&limit=20", cancellationToken: end);
                break;
            case 1:
                try
                {
                    await using Master second = await Master.Open(Use, end);
                    throw new ViolationException("A second master could open the file for writing.");
                }
                catch (StoreInUseException)
                {
                    break;
                }

            default:
                await UseOtherFile();
                break;
        }
    }

    public override async Task Copy(Master master, Random random)
    {
        string backup = NewFile(), copy = NewFile();
        await master.BackupTo(backup, CancellationToken.None);
        await BuildDataCopy.Run(from => from.UseSqlite($"Data Source={backup}"), to => to.UseSqlite($"Data Source={copy}"));
        await using (Master other = await Master.Open($"Data Source={copy}"))
            await other.Data.GetAll<Builder>("/builders");
        File.Delete(backup);
        File.Delete(copy);
    }

    public override async Task<string?> FindFault()
    {
        string[] open = [.. LinuxProcess.OpenFiles(_folder.Path)];
        if (open.Length > 0)
            return $"All masters are closed, but these files are open: {string.Join(", ", open)}";
        if (LinuxProcess.WriterThreads() is > 0 and int threads)
            return $"All masters are closed, but {threads} threads of the library run.";
        return await IntegrityCheck.FindFault(_folder.Database);
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes to a file of its own, and opens it again.</summary>
    private async Task UseOtherFile()
    {
        string file = NewFile();
        for (int i = 0; i < 2; i++)
        {
            await using Master master = await Master.Open(options => options.UseSqlite($"Data Source={file}").KeepEvents(TimeSpan.FromDays(1)));
            await master.Data.Updates.AddBuildset(reason: "other", builderIds: [await master.Data.Updates.FindBuilderId("other")]);
            await using Subscription kept = master.Data.Events.Subscribe("/buildsets/*", after: 0);
            await foreach (DataEvent _ in kept)
                break;
        }

        File.Delete(file);
    }

    private string NewFile() => _folder.File($"other-{Interlocked.Increment(ref _files)}.db");

    private static long CachedPages()
    {
        raw.sqlite3_status(PageCache, out int bytes, out _, resetFlag: 0);
        return bytes;
    }

    private static double SizeOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length / Megabyte : 0;

    private double CountLogs()
    {
        // Folders go while they are counted.
        try
        {
            return Directory.Exists(LogFolder) ? Directory.EnumerateFiles(LogFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Count() : 0;
        }
        catch (DirectoryNotFoundException)
        {
            return CountLogs();
        }
    }
}
