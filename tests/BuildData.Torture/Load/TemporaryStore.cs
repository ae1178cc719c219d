using BuildData.Torture.Running;

namespace BuildData.Torture.Load;

/// <summary>An empty store of a check's own. It is deleted afterwards.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly TempFolder? _folder;
    private readonly PostgreSqlServer? _server;
    private readonly SteadyTime _clock = new();

    private TemporaryStore(TempFolder? folder, PostgreSqlServer? server) => (_folder, _server) = (folder, server);

    /// <summary>Creates a store of a kind.</summary>
    public static async Task<TemporaryStore> Create(StoreKind kind) => kind == StoreKind.Sqlite
        ? new TemporaryStore(new TempFolder(), null)
        : new TemporaryStore(null, await PostgreSqlServer.Start(durable: false));

    /// <summary>Gets whether several masters can have the store open.</summary>
    public bool HasSeveralMasters => _server is not null;

    /// <summary>Opens the store.</summary>
    public Task<Master> Open(string masterName, Action<BuildDataOptions>? configure = null) => Master.Open(options =>
    {
        if (_folder is not null)
            options.UseSqlite(_folder.ConnectionString);
        else
            options.UsePostgreSql(_server!.ConnectionString());
        options.MasterName = masterName;
        options.MaxResults = int.MaxValue;
        options.TimeProvider = _clock;
        configure?.Invoke(options);
    });

    public async ValueTask DisposeAsync()
    {
        _folder?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
