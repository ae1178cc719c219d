namespace BuildData.Torture.Handovers;

/// <summary>Creates the SQLite files of the scenarios, in memory where the system has a file system for that.</summary>
internal sealed class ScenarioFiles
{
    private readonly string _directory = Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"builddata-handovers-{Guid.NewGuid():N}")).FullName;

    private string? _template;
    private int _count;

    /// <summary>Sets the empty database that all files are copies of.</summary>
    public void SetTemplate(string file) => _template = file;

    /// <summary>Creates a file, and returns its name. Without a template, only returns a name.</summary>
    public string Create()
    {
        string file = Path.Combine(_directory, $"{_count++}.db");
        if (_template is not null)
            File.Copy(_template, file);
        return file;
    }

    public void Delete(string file)
    {
        if (file == _template)
            return;
        foreach (string part in Directory.GetFiles(_directory, Path.GetFileName(file) + "*"))
            File.Delete(part);
    }

    public void Delete() => Directory.Delete(_directory, recursive: true);
}
