using Microsoft.Extensions.Logging.Abstractions;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>A SQLite file and, where PostgreSQL is installed, a database of a PostgreSQL server, with the same few builds.</summary>
internal sealed class SmallStores : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private Master? _sqlite;
    private Master? _postgreSql;
    private PostgreSqlServer? _server;

    /// <summary>Gets the data of the SQLite file.</summary>
    public DataApi Data => _sqlite!.Data;

    /// <summary>Gets the data of the PostgreSQL server; null if there is none.</summary>
    public DataApi? PostgreSqlData => _postgreSql?.Data;

    /// <summary>Opens the stores, and adds the builds.</summary>
    /// <param name="withPostgreSql">Whether to open the PostgreSQL server too.</param>
    public async Task Open(bool withPostgreSql = true)
    {
        _sqlite = await Master.Open(options => Configure(options).UseSqlite(_folder.ConnectionString));
        await SmallFarm.AddTo(_sqlite.Data.Updates);
        if (!withPostgreSql || PostgreSqlServer.Missing is not null)
            return;

        _server = await PostgreSqlServer.Start(durable: false);
        _postgreSql = await Master.Open(options => Configure(options).UsePostgreSql(_server.ConnectionString()));
        await SmallFarm.AddTo(_postgreSql.Data.Updates);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sqlite is not null)
            await _sqlite.DisposeAsync();
        if (_postgreSql is not null)
            await _postgreSql.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static BuildDataOptions Configure(BuildDataOptions options)
    {
        options.TimeProvider = new StoppedClock();
        options.LoggerFactory = NullLoggerFactory.Instance;
        options.KeepEvents(TimeSpan.FromDays(1));
        return options;
    }

    // The stores write the current time too, and their answers are compared.
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_100);
    }
}
