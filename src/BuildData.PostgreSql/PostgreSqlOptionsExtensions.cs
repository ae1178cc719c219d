using System.Data.Common;
using BuildData.PostgreSql;
using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData;

/// <summary>Provides methods that select PostgreSQL as the store.</summary>
public static class PostgreSqlOptionsExtensions
{
    /// <summary>
    /// Stores the data in a PostgreSQL database, version 13 or newer, which several masters may share. The first
    /// process that opens the store creates the tables, in the first schema of the search path.
    /// </summary>
    /// <remarks>Each process needs a <see cref="BuildDataOptions.MasterName"/> of its own.</remarks>
    /// <param name="options">The options.</param>
    /// <param name="connectionString">A connection string of Npgsql, such as <c>Host=db;Database=builds;Username=ci</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static BuildDataOptions UsePostgreSql(this BuildDataOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);

        // The statements are few and run often, so they are prepared automatically unless the caller decided otherwise. Npgsql's
        // builder can't tell whether the caller set a value, but the generic builder can.
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!given.ContainsKey("Max Auto Prepare") && !given.ContainsKey("MaxAutoPrepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (256, 2);
        settings.ApplicationName ??= "BuildData";

        // The store's transactions must not become part of an ambient transaction of the caller.
        settings.Enlist = false;
        string complete = settings.ToString();
        return options.UseStore(context => new PostgreSqlStore(new PostgreSqlDatabase(NpgsqlDataSource.Create(complete), ownsDataSource: true), context));
    }

    /// <summary>
    /// Stores the data in the PostgreSQL database of a data source. The caller keeps the data source, and disposes it
    /// after the store is closed.
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
}
