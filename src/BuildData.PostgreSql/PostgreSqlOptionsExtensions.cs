using System.Data.Common;
using BuildData.PostgreSql;
using BuildData.PostgreSql.Connections;
using BuildData.Stores;
using Npgsql;

namespace BuildData;

/// <summary>Provides methods that select PostgreSQL as the store.</summary>
public static class PostgreSqlOptionsExtensions
{
    /// <summary>
    /// Stores the data in a PostgreSQL database, version 13 or newer. Several masters may share the database. The first process that opens
    /// the store creates the tables in the first schema of the search path.
    /// </summary>
    /// <remarks>Each process needs a <see cref="BuildDataOptions.MasterName"/> of its own.</remarks>
    /// <param name="options">The options.</param>
    /// <param name="connectionString">A connection string of Npgsql, such as <c>Host=db;Database=builds;Username=ci</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static BuildDataOptions UsePostgreSql(this BuildDataOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ = CompleteConnectionString(connectionString);
        options.ConnectionString = connectionString;
        return options.UsePostgreSql();
    }

    /// <summary>
    /// Stores the data in the PostgreSQL database that <see cref="BuildDataOptions.ConnectionString"/> specifies. If there is no connection
    /// string, uses the <see cref="NpgsqlDataSource"/> of the service container.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <returns>The same options.</returns>
    /// <example><c>services.AddNpgsqlDataSource("Host=db;…").AddBuildData(o => o.UsePostgreSql())</c></example>
    public static BuildDataOptions UsePostgreSql(this BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.UseStore(
            static context => context.Options.ConnectionString is { } connectionString
                ? new PostgreSqlStore(new PostgreSqlDatabase(NpgsqlDataSource.Create(CompleteConnectionString(connectionString)), ownsDataSource: true), context)
                : new PostgreSqlStore(new PostgreSqlDatabase(FindDataSource(context), ownsDataSource: false), context),
            static options =>
            {
                if (options.ConnectionString is { } connectionString)
                    _ = CompleteConnectionString(connectionString);
            });
    }

    /// <summary>
    /// Stores the data in the PostgreSQL database of a data source. The caller owns the data source, and must dispose it after the store is
    /// closed.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="dataSource">
    /// The data source. Set <c>Max Auto Prepare</c> in its connection string: prepared statements are faster.
    /// </param>
    /// <returns>The same options.</returns>
    public static BuildDataOptions UsePostgreSql(this BuildDataOptions options, NpgsqlDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dataSource);
        return options.UseStore(context => new PostgreSqlStore(new PostgreSqlDatabase(dataSource, ownsDataSource: false), context));
    }

    private static NpgsqlDataSource FindDataSource(StoreContext context) => context.FindService<NpgsqlDataSource>()
        ?? throw new InvalidOperationException(
            $"UsePostgreSql needs {nameof(BuildDataOptions.ConnectionString)}, or an NpgsqlDataSource in the service container.");

    /// <summary>Adds the settings that the caller has left open to a connection string.</summary>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    internal static string CompleteConnectionString(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException)
        {
            // The message does not contain the connection string, which may have a password.
            throw new ArgumentException($"The connection string of PostgreSQL is malformed: {error.Message}", nameof(connectionString), error);
        }

        // The statements are few and run often, so they are prepared automatically unless the caller decided otherwise. Npgsql's
        // builder can't tell whether the caller set a value, but the generic builder can.
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!given.ContainsKey("Max Auto Prepare") && !given.ContainsKey("MaxAutoPrepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (256, 2);

        // Each part of the store that changes a session resets it. Otherwise Npgsql would reset every session with every read.
        if (!given.ContainsKey("No Reset On Close") && !given.ContainsKey("NoResetOnClose"))
            settings.NoResetOnClose = true;
        settings.ApplicationName ??= "BuildData";

        // The store's transactions must not become part of an ambient transaction of the caller.
        settings.Enlist = false;
        return settings.ToString();
    }
}
