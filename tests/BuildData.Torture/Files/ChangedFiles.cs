using BuildData.Torture.Load;
using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>Somebody moves, deletes, shortens, spoils or replaces one of the files while a master has them open.</summary>
/// <param name="run">The run.</param>
/// <param name="random">The random numbers.</param>
/// <param name="number">Which change.</param>
internal sealed class ChangedFiles(CheckRun run, Random random, int number) : FileTrouble
{
    private readonly FileChange _change = FileChange.All[number % FileChange.All.Count];
    private readonly SettledAnswers _settled = new();
    private string _backup = "";

    /// <inheritdoc/>
    /// <remarks>Nothing here depends on a disk, and each commit would wait for it.</remarks>
    public override string? ParentFolder => Directory.Exists("/dev/shm") ? "/dev/shm" : null;

    public override bool EndsBeforeClosing => _change.Effect is FileChangeEffect.None or FileChangeEffect.RefusedUntilUndone;

    public override bool LosesCalls => _change.Effect is FileChangeEffect.RefusedAndLost or FileChangeEffect.Damaged;

    public override bool MayGiveWrongAnswers => _change.Effect == FileChangeEffect.Damaged;

    public override async Task Prepare(string file, Master master)
    {
        await _settled.Write(master);
        _backup = file + "-backup";
        await master.BackupTo(_backup);
    }

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        await Task.Delay(random.Next(1, 30), CancellationToken.None);
        string path = file + _change.Suffix;
        _change.Make(path, _backup, random);
        run.Count(_change.Name);
        if (_change.IsRefused)
            await ExpectRefusal(master);
        do
        {
            await Compare(master);
            await Task.Delay(random.Next(1, 30), CancellationToken.None);
        }
        while (!end.IsCancellationRequested && _change.Effect != FileChangeEffect.RefusedUntilUndone);

        if (_change.IsRefused)
            await ExpectRefusal(master);
        if (_change.Effect == FileChangeEffect.RefusedUntilUndone)
            FileChange.Undo(path);
    }

    public override async Task AfterClosing(string file, Func<string, Task<Master>> open)
    {
        FileChange.Undo(file + _change.Suffix);

        // The log belongs to the file that is gone. SQLite would add its pages to the new file.
        if (_change.Effect == FileChangeEffect.RefusedAndLost)
            DeleteLog(file);
        await OpenChanged(file, open);
        if (!LosesCalls)
            return;

        // As the page about backups describes.
        DeleteLog(file);
        File.Copy(_backup, file, overwrite: true);
        await using Master restored = await open("");
        await _settled.Compare(run, restored, "restored backup", mayBeWrong: false, mayFail: false);
    }

    private static void DeleteLog(string file)
    {
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
    }

    private async Task ExpectRefusal(Master master)
    {
        try
        {
            await master.Data.Updates.FindBuilderId($"refused-{random.Next()}");
        }
        catch (StoreException error) when (!error.IsOutcomeUnknown)
        {
            run.Count("updates that were refused");
            return;
        }

        throw new ViolationException($"With the {_change.Name}, an update is acknowledged.");
    }

    private Task Compare(Master master) => _settled.Compare(run, master, _change.Name, MayGiveWrongAnswers, mayFail: _change.Effect != FileChangeEffect.None);

    private async Task OpenChanged(string file, Func<string, Task<Master>> open)
    {
        // Where there is no file, a master creates an empty one.
        if (!File.Exists(file))
            return;
        try
        {
            await using Master master = await open("");
            await Compare(master);
            await StoreReader.ReadAll(master.Data);
            run.Count("changed files that can be opened");
        }
        catch (BuildDataException) when (MayGiveWrongAnswers)
        {
            run.Count("changed files that are refused");
        }
        catch (BuildDataException error)
        {
            throw new ViolationException($"After the {_change.Name}, the file can't be opened and read: {error}");
        }
        catch (WrongAnswerException) when (MayGiveWrongAnswers)
        {
            run.Count("wrong answers of damaged files");
        }
    }
}
