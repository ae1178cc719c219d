namespace BuildData.Torture.Files;

/// <summary>Something that another program does to one of the files of an open store.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Suffix">Which file: what follows the name of the database.</param>
/// <param name="Make">Changes the file with this path. The second argument is the path of a backup.</param>
/// <param name="Effect">What the store is to do then.</param>
internal sealed record FileChange(string Name, string Suffix, Action<string, string, Random> Make, FileChangeEffect Effect)
{
    private const string Moved = "-moved";
    private const int PageSize = 4096;

    /// <summary>Gets all changes.</summary>
    public static IReadOnlyList<FileChange> All { get; } =
    [
        new("database moved away and back", "", (path, _, _) => MoveAway(path), FileChangeEffect.RefusedUntilUndone),
        new("log moved away and back", "-wal", (path, _, _) => MoveAway(path), FileChangeEffect.RefusedUntilUndone),
        new("database moved away", "", (path, _, _) => MoveAway(path), FileChangeEffect.Refused),
        new("log moved away", "-wal", (path, _, _) => MoveAway(path), FileChangeEffect.Refused),
        new("log deleted", "-wal", (path, _, _) => File.Delete(path), FileChangeEffect.Refused),
        new("index deleted", "-shm", (path, _, _) => File.Delete(path), FileChangeEffect.None),
        new("database deleted", "", (path, _, _) => File.Delete(path), FileChangeEffect.RefusedAndLost),
        new("database replaced", "", (path, backup, _) => Replace(path, backup), FileChangeEffect.RefusedAndLost),
        new("database overwritten", "", (path, backup, _) => File.Copy(backup, path, overwrite: true), FileChangeEffect.Damaged),
        new("database shortened", "", (path, _, random) => Shorten(path, random), FileChangeEffect.Damaged),
        new("database spoiled", "", (path, _, random) => Spoil(path, random), FileChangeEffect.Damaged),
        new("log shortened", "-wal", (path, _, random) => Shorten(path, random), FileChangeEffect.Damaged),
        new("log spoiled", "-wal", (path, _, random) => Spoil(path, random), FileChangeEffect.Damaged),
    ];

    /// <summary>Gets whether the store refuses updates after the change.</summary>
    public bool IsRefused => Effect is FileChangeEffect.Refused or FileChangeEffect.RefusedUntilUndone or FileChangeEffect.RefusedAndLost;

    /// <summary>Moves the file back to its place, if it was moved away.</summary>
    public static void Undo(string path)
    {
        if (File.Exists(path + Moved))
            File.Move(path + Moved, path);
    }

    /// <summary>Cuts a file at a random place.</summary>
    public static void Shorten(string path, Random random)
    {
        using FileStream file = Open(path);
        file.SetLength(random.NextInt64(file.Length));
    }

    /// <summary>Overwrites some blocks of a file with zeros, as a bad disk leaves them.</summary>
    public static void Spoil(string path, Random random)
    {
        using FileStream file = Open(path);
        byte[] zeros = new byte[PageSize];
        for (int i = 0; i < 4; i++)
        {
            file.Position = random.NextInt64((file.Length / zeros.Length) + 1) * zeros.Length;
            file.Write(zeros);
        }
    }

    // SQLite opens its files without the locks of .NET.
    private static FileStream Open(string path) => File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static void MoveAway(string path) => File.Move(path, path + Moved);

    private static void Replace(string path, string backup)
    {
        File.Copy(backup, path + "-new");
        File.Move(path + "-new", path, overwrite: true);
    }
}
