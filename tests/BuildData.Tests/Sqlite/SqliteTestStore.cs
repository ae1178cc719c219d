namespace BuildData.Tests;

/// <summary>A SQLite file in a folder of its own.</summary>
internal sealed class SqliteTestStore : TestStore
{
    public TempFolder Folder { get; } = new();

    public override void Use(BuildDataOptions options) => options.UseSqlite(Folder.ConnectionString);

    public override ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
