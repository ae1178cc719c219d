using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Torture.Files;

/// <summary>Other programs that use the file: they lock it, read it for long, check-point it, and copy it.</summary>
/// <param name="random">The random numbers.</param>
internal sealed class Neighbours(Random random) : FileTrouble
{
    public override async Task Make(string file, Master master, CancellationToken end)
    {
        int copies = 0;
        while (!end.IsCancellationRequested)
        {
            await using var other = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=60");
            await other.OpenAsync(CancellationToken.None);
            int milliseconds = random.Next(1, 60);
            switch (random.Next(5))
            {
                case 0:
                    await other.ExecuteAsync("BEGIN IMMEDIATE");
                    await Task.Delay(milliseconds, CancellationToken.None);
                    await other.ExecuteAsync("ROLLBACK");
                    break;
                case 1:
                    await other.ExecuteAsync("BEGIN; SELECT count(*) FROM steps");
                    await Task.Delay(milliseconds, CancellationToken.None);
                    await other.ExecuteAsync("COMMIT");
                    break;
                case 2:
                    await other.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
                    break;
                case 3:
                    await other.ExecuteAsync("VACUUM INTO $copy", new { copy = $"{file}-copy{copies++}" });
                    break;
                default:
                    await master.BackupTo($"{file}-backup{copies++}", CancellationToken.None);
                    break;
            }
        }
    }
}
