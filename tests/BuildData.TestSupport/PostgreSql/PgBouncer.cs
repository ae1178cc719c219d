using Npgsql;

namespace BuildData.TestSupport;

/// <summary>A pgbouncer of a test's own, in front of a server. Nothing of it is left behind.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Choose();
    private ServerProcess? _process;

    private PgBouncer()
    {
    }

    /// <summary>Why there can be none, or null if there can be.</summary>
    public static string? Missing => PgBouncerBinary.Path is null
        ? "pgbouncer is not on this machine. It is looked for in PATH and the usual folders, or where BUILDDATA_PGBOUNCER_BIN says."
        : null;

    /// <summary>Starts one. It must not be <see cref="Missing"/>.</summary>
    /// <param name="server">The server.</param>
    /// <param name="poolMode">For how long a client has a connection to the server: <c>transaction</c> or <c>session</c>.</param>
    /// <param name="poolSize">How many connections to the server it keeps at most.</param>
    public static async Task<PgBouncer> Start(PostgreSqlServer server, string poolMode, int poolSize = 20)
    {
        if (Missing is { } missing)
            throw new InvalidOperationException(missing);

        var bouncer = new PgBouncer();
        try
        {
            await bouncer.Configure(server, poolMode, poolSize);
            await bouncer.Launch();
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns a connection string that leads through it.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = _port }.ToString();

    /// <summary>Ends it at once, and the connections through it.</summary>
    public async Task Stop()
    {
        if (_process is not { } process)
            return;
        _process = null;
        await process.End("TERM");
    }

    /// <summary>Starts it again, on the same port, and stops it first if it runs.</summary>
    public async Task Restart()
    {
        await Stop();
        await Launch();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
            await process.End("TERM");
        _folder.Dispose();
    }

    private async Task Configure(PostgreSqlServer server, string poolMode, int poolSize)
    {
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString());
        await File.WriteAllTextAsync(
            _folder.File("pgbouncer.ini"),
            $"""
            [databases]
            * = host={settings.Host} port={settings.Port} user={settings.Username}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {poolMode}
            default_pool_size = {poolSize}
            max_client_conn = 400
            """);
        await ServerAccount.Own(_folder.Path);
        await ServerAccount.Own(_folder.File("pgbouncer.ini"));
    }

    private async Task Launch()
    {
        _process = ServerProcess.Start(_folder, PgBouncerBinary.Path!, _folder.File("pgbouncer.ini"));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Pooling=false");
                await connection.OpenAsync();
                if (!_process.HasExited)
                    return;
                throw new InvalidOperationException($"Port {_port} is another server's.");
            }
            catch (NpgsqlException error)
            {
                if (_process.HasExited || _process.IsLate)
                    throw new InvalidOperationException($"pgbouncer did not start: {await _process.Log()}", error);
                await Task.Delay(20);
            }
        }
    }
}
