using System.Globalization;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Schema;

/// <summary>Migrates a database to the newest schema version.</summary>
internal static class PostgreSqlSchema
{
    // The key of the advisory lock that a process holds while it migrates: "Bdat".
    private const int Lock = 0x42646174;

    private static readonly SchemaScripts Scripts = new(PostgreSqlDialect.Instance, typeof(PostgreSqlSchema).Assembly, "BuildData.PostgreSql.Schema.");

    /// <summary>
    /// Creates or migrates the tables, in one transaction. If another process is migrating the tables, waits until it has
    /// finished.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="name">The name of the database, for error messages.</param>
    /// <param name="cancellationToken">Cancels the migration.</param>
    /// <returns>The schema version before the migration (0 if there was no schema), and the schema version after the migration.</returns>
    /// <exception cref="StoreException">The tables belong to another program, or the encoding of the database is not UTF8.</exception>
    /// <exception cref="SchemaVersionException">
    /// The schema version of the database is newer than the newest one that this library knows.
    /// </exception>
    public static async Task<(long From, long To)> Migrate(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        if (await Run(connection, "SHOW server_encoding", cancellationToken).ConfigureAwait(false) is string encoding and not "UTF8")
            throw new StoreException($"The database '{name}' has the encoding {encoding}, which can't store every text. Use a database with the encoding UTF8.");

        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await Run(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Lock}, 0)"), cancellationToken).ConfigureAwait(false);
            long version = 0;
            if (await Exists(connection, "builddata_schema", cancellationToken).ConfigureAwait(false))
                version = (long)(await Run(connection, "SELECT version FROM builddata_schema", cancellationToken).ConfigureAwait(false))!;
            else if (await Exists(connection, "builds", cancellationToken).ConfigureAwait(false))
                throw new StoreException($"The database '{name}' has a table 'builds' of another program in the first schema of the search path. Use another schema or an empty database.");

            long newest = Scripts.NewestVersion;
            if (version > newest)
                throw new SchemaVersionException(name, version, newest, "Use a newer version of the library.");
            if (version == newest)
                return (version, version);

            if (version == 0)
                await Run(connection, "CREATE TABLE builddata_schema (version BIGINT NOT NULL); INSERT INTO builddata_schema VALUES (0)", cancellationToken).ConfigureAwait(false);
            for (long next = version + 1; next <= newest; next++)
                await Run(connection, Scripts.Read(next), cancellationToken).ConfigureAwait(false);
            await Run(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE builddata_schema SET version = {newest}"), cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (version, newest);
        }
    }

    private static async Task<bool> Exists(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT to_regclass(quote_ident(current_schema()) || '.' || $1) IS NOT NULL", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = table } } };
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    private static async Task<object?> Run(NpgsqlConnection connection, string script, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // All scripts are constants of this library, apart from version numbers.
        // A script that changes a large table takes longer than the usual time limit. The caller's token can cancel it.
        var command = new NpgsqlCommand(script, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
