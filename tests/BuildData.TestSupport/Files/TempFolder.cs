namespace BuildData.TestSupport;

/// <summary>A new folder for the files of a test, which is deleted afterwards.</summary>
internal sealed class TempFolder(string? parent = null) : IDisposable
{
    public string Path { get; } = parent is null
        ? Directory.CreateTempSubdirectory("builddata-").FullName
        : Directory.CreateDirectory(System.IO.Path.Combine(parent, $"builddata-{Guid.NewGuid():N}")).FullName;

    public string Database => File("builds.db");

    public string ConnectionString => $"Data Source={Database}";

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
