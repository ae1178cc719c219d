using System.Data.Common;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>Writes rows without the library.</summary>
/// <param name="connection">The connection.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="columns">The columns that the tables have. Values of other columns are left out.</param>
internal sealed class OldRowWriter(DbConnection connection, DbTransaction transaction, OldColumns columns)
{
    private static readonly string[] TablesWithIds = ["masters", "builders", "workers", "patches", "sourcestamps", "buildsets", "buildrequests", "builds", "steps", "logs"];

    /// <summary>Writes a row if its table exists.</summary>
    public async Task Write(OldRow row)
    {
        (string Column, object? Value)[] values = [.. row.Values.Where(value => columns.Has(row.Table, value.Column))];
        if (values.Length > 0)
        {
            await Run(
                $"INSERT INTO {row.Table} ({string.Join(", ", values.Select(value => value.Column))}) VALUES ({string.Join(", ", values.Select(value => $"@{value.Column}"))})", values);
        }
    }

    /// <summary>Runs a statement.</summary>
    public async Task Run(string sql, params (string Name, object? Value)[] parameters)
    {
        await using DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The names of tables and columns are constants of this program.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object? value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Lets the server draw ids after those of the rows, as if it had drawn those.</summary>
    public async Task SetSequences()
    {
        foreach (string table in TablesWithIds.Where(table => columns.Has(table, "id")))
            await Run($"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table})) WHERE EXISTS (SELECT 1 FROM {table})");
    }
}
