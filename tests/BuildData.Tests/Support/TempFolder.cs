namespace BuildData.Tests;

/// <summary>A folder of its own for a test's files, gone afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("builddata-").FullName;

    public string Database => File("builds.db");

    public string ConnectionString => $"Data Source={Database}";

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
