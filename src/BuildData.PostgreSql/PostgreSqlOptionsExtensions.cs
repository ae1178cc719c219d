using System.Data.Common;
using BuildData.PostgreSql;
using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData;

/// <summary>Chooses PostgreSQL as the store.</summary>
public static class PostgreSqlOptionsExtensions
{
    /// <summary>
    /// Keeps the data in a PostgreSQL database, 13 or newer, which several masters may share: each needs a
    /// <see cref="BuildDataOptions.MasterName"/> of its own. The tables are made on first use, in the first schema of the search path.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="connectionString">Npgsql's: <c>Host=db;Database=builds;Username=ci</c>.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static BuildDataOptions UsePostgreSql(this BuildDataOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);

        // The statements are few, and each is run again and again. The driver's builder does not tell what was given.
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!given.ContainsKey("Max Auto Prepare") && !given.ContainsKey("MaxAutoPrepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (256, 2);
        settings.ApplicationName ??= "BuildData";

        // Its transactions are its own, and none is part of one that the caller may have.
        settings.Enlist = false;
        string complete = settings.ToString();
        return options.UseStore(context => new PostgreSqlStore(new PostgreSqlDatabase(NpgsqlDataSource.Create(complete), isOwned: true), context));
    }

    /// <summary>Keeps the data in the PostgreSQL database of a data source, which stays the caller's: it is not disposed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="dataSource">Npgsql's data source. With <c>Max Auto Prepare</c> it is faster.</param>
    public static BuildDataOptions UsePostgreSql(this BuildDataOptions options, NpgsqlDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dataSource);
        return options.UseStore(context => new PostgreSqlStore(new PostgreSqlDatabase(dataSource, isOwned: false), context));
    }
}
