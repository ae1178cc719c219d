using System.Diagnostics;
using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>
/// A medium that can't be written now and then, while a master has the file open and when it opens it. It is a file system in memory that is
/// mounted and mounted again; without the right to mount, only calls fail.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="random">The random numbers.</param>
internal sealed class ReadOnlyMedium(CheckRun run, Random random) : FileTrouble
{
    // SQLITE_READONLY.
    private const int ReadOnly = 8;

    private readonly FaultyFiles _files = new();
    private readonly string? _mount = Mount();

    public override string ConnectionKeywords => $";Vfs={_files.Name}";

    public override string? ParentFolder => _mount;

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            _files.OnWrite = _ => ReadOnly;
            await Task.Delay(random.Next(1, 20), CancellationToken.None);
            _files.OnWrite = null;
            await Task.Delay(random.Next(1, 40), CancellationToken.None);
        }
    }

    public override async Task AfterClosing(string file, Func<string, Task<Master>> open)
    {
        if (_mount is null)
            return;
        string[] before = await Read(open);
        if (!Run("mount", "-o", "remount,ro", _mount))
            throw new InvalidOperationException("The file system can't be mounted again.");
        try
        {
            await ExpectRefusal(open);
            if (await Read(open) is var found && !before.SequenceEqual(found))
                throw new ViolationException($"On a read-only medium, the builds are {string.Join(", ", found)}, not {string.Join(", ", before)}.");
            run.Count("openings on a read-only medium");
        }
        finally
        {
            Run("mount", "-o", "remount,rw", _mount);
        }
    }

    public override void Dispose()
    {
        _files.Dispose();
        if (_mount is not null)
        {
            Run("umount", _mount);
            Directory.Delete(_mount);
        }

        base.Dispose();
    }

    private static async Task<string[]> Read(Func<string, Task<Master>> open)
    {
        await using Master reader = await open(";Mode=ReadOnly");
        return [.. (await reader.Data.GetAll<Build>("/builds?property=*")).Select(build => build.ToString())];
    }

    private static async Task ExpectRefusal(Func<string, Task<Master>> open)
    {
        try
        {
            await using Master master = await open("");
            throw new ViolationException("A file on a read-only medium was opened for writing.");
        }
        catch (StoreException)
        {
        }
    }

    private static string? Mount()
    {
        string folder = Directory.CreateTempSubdirectory("builddata-medium-").FullName;
        if (Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "tmpfs", folder))
            return folder;
        Directory.Delete(folder);
        return null;
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
