using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Torture.Examination;

/// <summary>Asks SQLite whether a file is in order.</summary>
internal static class IntegrityCheck
{
    /// <summary>Returns what is wrong with the file; null if nothing is.</summary>
    public static async Task<string?> FindFault(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        string integrity = await connection.ExecuteScalarAsync<string>("PRAGMA integrity_check") ?? "";
        object[] foreignKeys = [.. await connection.QueryAsync("PRAGMA foreign_key_check")];
        if (integrity != "ok")
            return $"The integrity check says: {integrity}";
        return foreignKeys.Length == 0 ? null : $"Foreign keys refer to nothing: {string.Join(", ", foreignKeys)}";
    }
}
