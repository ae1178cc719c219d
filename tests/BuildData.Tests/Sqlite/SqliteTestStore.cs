using BuildData.Values;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>A SQLite file in a folder of its own.</summary>
internal sealed class SqliteTestStore : TestStore
{
    public TempFolder Folder { get; } = new();

    public override void Use(BuildDataOptions options) => options.UseSqlite(Folder.ConnectionString);

    public override async Task SetMaster(MasterInfo master)
    {
        await using var connection = new SqliteConnection(Folder.ConnectionString + ";Pooling=False");
        await connection.ExecuteAsync(
            "UPDATE masters SET active = @Active, last_active = @LastActive WHERE id = @MasterId",
            new { master.Active, LastActive = Timestamp.ToMicroseconds(master.LastActive), master.MasterId });
    }

    public override ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
