using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>What hand-written ADO.NET that wants to be fast does: commands made and prepared once.</summary>
internal static class AdoCommands
{
    public static SqliteCommand Kept(this SqliteConnection connection, string sql, int parameters)
    {
#pragma warning disable CA2100 // Constants of the benchmarks.
        var command = new SqliteCommand(sql, connection);
#pragma warning restore CA2100
        for (int i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        return command;
    }

    public static SqliteCommand Bind(this SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command;
    }
}
