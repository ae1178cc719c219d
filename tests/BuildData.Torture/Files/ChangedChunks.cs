using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>
/// Somebody deletes, shortens, spoils, moves or replaces the files of finished logs. A file blocks the folder of the next log. Each read has
/// the lines that were written, or fails with a typed error. Reads of other logs succeed.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="random">The random numbers.</param>
internal sealed class ChangedChunks(CheckRun run, Random random) : FileTrouble
{
    private const int Logs = 4;
    private const int LinesOfEach = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly (string Name, Action<string, string, Random> Make)[] Changes =
    [
        ("log file deleted", (path, _, _) => File.Delete(path)),
        ("log file shortened", (path, _, random) => FileChange.Shorten(path, random)),
        ("log file spoiled", (path, _, random) => FileChange.Spoil(path, random)),
        ("byte of a log file changed", (path, _, random) => ChangeByte(path, random)),
        ("log file replaced by another one", (path, other, _) => File.Copy(other, path, overwrite: true)),
        ("log file replaced by a folder", (path, _, _) => ReplaceByFolder(path)),
        ("folder of a log replaced by a file", (path, _, _) => ReplaceFolder(Path.GetDirectoryName(path)!)),
    ];

    private readonly Dictionary<long, string[]> _written = [];
    private string _folder = "";
    private long _step;

    /// <inheritdoc cref="ChangedFiles.ParentFolder"/>
    public override string? ParentFolder => Directory.Exists("/dev/shm") ? "/dev/shm" : null;

    public override void Configure(BuildDataOptions options, string file)
    {
        _folder = file + "-logs";
        options.StoreLogsIn(new FolderLogStore(_folder));
    }

    public override async Task Prepare(string file, Master master)
    {
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId("settled-builder");
        AddedBuildset added = await updates.AddBuildset(reason: "settled-builder", builderIds: [builder]);
        AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);
        _step = (await updates.NewStep(build.BuildId, "logs")).StepId;
        for (int i = 0; i < Logs; i++)
            await FinishLog(master, await AddLog(master));
        foreach (long log in _written.Keys)
            await WaitForFile(master, log);
    }

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        do
        {
            await ChangeFile(master);
            await BlockFolder(master);
        }
        while (!end.IsCancellationRequested);
    }

    private async Task ChangeFile(Master master)
    {
        long[] logs = [.. _written.Keys];
        random.Shuffle(logs);
        (string name, Action<string, string, Random> change) = Changes[random.Next(Changes.Length)];
        string path = FileOf(logs[0]);
        byte[] before = await File.ReadAllBytesAsync(path, CancellationToken.None);
        change(path, FileOf(logs[1]), random);
        run.Count(name);
        foreach (long log in logs.Take(Logs))
            await Compare(master, log, name, isChanged: log == logs[0]);
        await Repair(path, before);
        await Compare(master, logs[0], "file in order again", isChanged: false);
    }

    /// <summary>Lets the lines of a log not reach their file. Then they stay in the database, until the cause is gone.</summary>
    private async Task BlockFolder(Master master)
    {
        long log = await AddLog(master);
        string folder = FolderOf(log);
        await File.WriteAllTextAsync(folder, "in the way", CancellationToken.None);
        await FinishLog(master, log);
        await master.MaintainLogs(CancellationToken.None);
        await Compare(master, log, "folder that can't be created", isChanged: false);
        if (!File.Exists(folder))
            throw new ViolationException($"The file '{folder}' was not written by the library, but has vanished.");
        File.Delete(folder);
        await WaitForFile(master, log);
        await Compare(master, log, "folder that can be created again", isChanged: false);
        run.Count("folders that could not be created");
    }

    private async Task<long> AddLog(Master master)
    {
        long log = (await master.Data.Updates.AddLog(_step, "text", LogType.Text)).LogId;

        // All have lines of equal lengths, so that only their content tells one from the other.
        _written[log] = [.. Enumerable.Range(0, LinesOfEach).Select(_ => $"{random.NextInt64():x16} {random.NextInt64():x16}")];
        foreach (string[] part in _written[log].Chunk(LinesOfEach / 4))
            await master.Data.Updates.AppendLog(log, string.Join('\n', part) + '\n');
        return log;
    }

    private static Task FinishLog(Master master, long log) => master.Data.Updates.FinishLog(log);

    private async Task Compare(Master master, long log, string trouble, bool isChanged)
    {
        foreach ((string way, Func<Task<string[]>> read) in Ways(master, log))
        {
            try
            {
                string[] found = await read();
                if (isChanged)
                    throw new ViolationException($"With the {trouble}, {way} of the log {log} do not fail.");
                if (!found.SequenceEqual(_written[log]))
                    throw new ViolationException($"With the {trouble}, {way} of the log {log} are not what was written.");
                run.Count("right answers during trouble");
            }
            catch (StoreException) when (isChanged)
            {
                run.Count("typed errors during trouble");
            }
            catch (Exception error) when (error is not ViolationException)
            {
                throw new ViolationException($"With the {trouble}, {way} of the log {log} fail: {error}");
            }
        }
    }

    private static (string Way, Func<Task<string[]>> Read)[] Ways(Master master, long log) =>
    [
        ("the lines", async () => await master.Data.Logs.Lines(log).ToArrayAsync()),
        ("the contents", async () => ((await master.Data.Get<LogContents>($"/logs/{log}/contents"))?.Content ?? "").Split('\n')[..^1]),
        ("the results of a search", async () => await master.Data.Logs.Search(log, " ").Select(line => line.Text).ToArrayAsync()),
        ("the bytes", async () =>
        {
            await using RawLogStream stream = await master.Data.Logs.OpenRaw(log, includeHeader: false);
            using var reader = new StreamReader(stream);
            return (await reader.ReadToEndAsync()).Split('\n')[..^1];
        }),
    ];

    private async Task WaitForFile(Master master, long log)
    {
        await master.MaintainLogs(CancellationToken.None).WaitAsync(Patience);
        if (!File.Exists(FileOf(log)))
            throw new ViolationException($"The lines of the log {log} have not reached '{FileOf(log)}'.");
    }

    private string FolderOf(long log) => Path.Combine(_folder, $"{log / 1000}", $"{log}");

    private string FileOf(long log) => Path.Combine(FolderOf(log), $"0-{LinesOfEach - 1}.log");

    private static async Task Repair(string path, byte[] content)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (File.Exists(folder))
            File.Delete(folder);
        if (Directory.Exists(path))
            Directory.Delete(path);
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(path, content, CancellationToken.None);
    }

    private static void ChangeByte(string path, Random random)
    {
        byte[] content = File.ReadAllBytes(path);
        content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, content);
    }

    private static void ReplaceByFolder(string path)
    {
        File.Delete(path);
        Directory.CreateDirectory(path);
    }

    private static void ReplaceFolder(string folder)
    {
        Directory.Delete(folder, recursive: true);
        File.WriteAllText(folder, "in the way");
    }
}
