namespace BuildData.Torture.PowerCut.Disk;

/// <summary>The names of files and folders, as the folders have them.</summary>
internal sealed class FileNames
{
    private readonly Dictionary<string, int> _files;
    private readonly HashSet<string> _folders;

    public FileNames()
    {
        _files = [];
        _folders = [""];
    }

    private FileNames(FileNames other)
    {
        _files = new Dictionary<string, int>(other._files);
        _folders = [.. other._folders];
    }

    /// <summary>Gets the folders that can be reached, each after its parent.</summary>
    public IEnumerable<string> Folders => _folders.Where(IsReachable).OrderBy(path => path.Length);

    /// <summary>Gets the files that can be reached: all folders on the way exist.</summary>
    public IEnumerable<(string Path, int File)> Files => _files.Where(file => IsReachable(Parent(file.Key))).Select(file => (file.Key, file.Value));

    /// <summary>Returns the path of the folder that contains a file or a folder.</summary>
    public static string Parent(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";

    public FileNames Copy() => new(this);

    /// <summary>Returns the file of a name; null if there is none.</summary>
    public int? Find(string path) => _files.TryGetValue(path, out int file) ? file : null;

    public void Apply(PendingName change)
    {
        switch (change.Change)
        {
            case NameChange.Create:
                _files[change.Path] = change.File;
                break;
            case NameChange.Rename:
                _files.Remove(change.Path);
                _files[change.OtherPath] = change.File;
                break;
            case NameChange.Unlink:
                _files.Remove(change.Path);
                break;
            case NameChange.CreateFolder:
                _folders.Add(change.Path);
                break;
            default:
                RemoveFolder(change.Path);
                break;
        }
    }

    private void RemoveFolder(string path)
    {
        _folders.RemoveWhere(folder => folder == path || folder.StartsWith($"{path}/", StringComparison.Ordinal));
        foreach (string file in _files.Keys.Where(file => file.StartsWith($"{path}/", StringComparison.Ordinal)).ToArray())
            _files.Remove(file);
    }

    private bool IsReachable(string folder) => folder.Length == 0 || (_folders.Contains(folder) && IsReachable(Parent(folder)));
}
