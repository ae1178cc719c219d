using System.Diagnostics;
using System.Net;
using Dapper;
using Npgsql;

namespace BuildData.TestSupport;

/// <summary>A PostgreSQL server of the tests' own, to be stopped, crashed and started again. Nothing of it is left behind.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Memory = "/dev/shm";

    private readonly int _port = FreePort.Choose();
    private readonly TempFolder _folder;
    private readonly bool _durable;
    private ServerProcess? _process;
    private string _addresses = "127.0.0.1";

    private PostgreSqlServer(bool durable)
    {
        // A database is made many times faster in memory than on a disk.
        _folder = !durable && HasRoom(Memory) ? new TempFolder(Memory) : new TempFolder();
        _durable = durable;
    }

    /// <summary>Why there can be no server, or null if there can be.</summary>
    public static string? Missing => PostgreSqlBinaries.Folder is null
        ? "PostgreSQL is not on this machine. Its programs are looked for in PATH and the usual folders, or where BUILDDATA_POSTGRESQL_BIN says."
        : null;

    /// <summary>Where it accepts connections.</summary>
    public EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, _port);

    private string Data => _folder.File("data");

    private string Backup => _folder.File("backup");

    /// <summary>Starts a new server. There must be no <see cref="Missing"/> program.</summary>
    /// <param name="durable">Whether what is committed goes to the disk, which takes time.</param>
    public static async Task<PostgreSqlServer> Start(bool durable)
    {
        if (Missing is { } missing)
            throw new InvalidOperationException(missing);
        return await Start(durable, server => server.Run(
            "initdb", "--pgdata", server.Data, "--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"));
    }

    /// <summary>Lets it accept connections at another address of this machine too, for which it is started again.</summary>
    /// <param name="address">The address.</param>
    /// <param name="clients">The clients that may connect, for example <c>198.18.0.0/30</c>.</param>
    /// <returns>A connection string with the address.</returns>
    public async Task<string> ListenAlsoOn(string address, string clients)
    {
        await File.AppendAllTextAsync(Path.Combine(Data, "pg_hba.conf"), $"host all all {clients} trust\n");
        _addresses = $"127.0.0.1,{address}";
        await Restart();
        return new NpgsqlConnectionStringBuilder(ConnectionString()) { Host = address }.ToString();
    }

    /// <summary>Starts a streaming replica of this server, which takes only reads until it is promoted.</summary>
    /// <param name="name">Its name in <c>synchronous_standby_names</c>.</param>
    /// <param name="applyDelay">How long after a commit it shows the change.</param>
    public Task<PostgreSqlServer> StartReplica(string name, TimeSpan applyDelay) => Start(_durable, async replica =>
    {
        // With the slot, this server keeps what the replica needs while that is stopped.
        await replica.Run(
            "pg_basebackup", "--pgdata", replica.Data, "--dbname", $"host=127.0.0.1 port={_port} user=postgres application_name={name}",
            "--write-recovery-conf", "--create-slot", $"--slot={name}", "--checkpoint=fast", "--no-sync");
        await File.AppendAllTextAsync(
            Path.Combine(replica.Data, "postgresql.auto.conf"), $"recovery_min_apply_delay = '{(long)applyDelay.TotalMilliseconds}ms'\n");
    });

    public string ConnectionString(string database = "postgres") => ConnectionString(_port, database);

    /// <summary>Ends it in order, and the connections to it.</summary>
    public Task Stop() => End("INT");

    /// <summary>Ends it at once, as a crash would.</summary>
    public Task StopImmediately() => End("QUIT");

    /// <summary>Lets it accept nothing new, and no request to cancel, until <see cref="GoOn"/>; what it runs goes on.</summary>
    public Task Pause() => _process!.Signal("STOP");

    public Task GoOn() => _process!.Signal("CONT");

    /// <summary>Starts it again, on the same port, and stops it first if it runs.</summary>
    public async Task Restart()
    {
        await Stop();
        await Launch();
    }

    /// <summary>Takes a backup, for which it is stopped and started again.</summary>
    public async Task BackUp()
    {
        await Stop();
        await ServerAccount.Run(ServerAccount.Command("cp", "-a", Data, Backup));
        await Launch();
    }

    /// <summary>
    /// Goes back to the backup, as a replica does that takes over and has not had everything, and lets somebody work there before
    /// others can connect.
    /// </summary>
    /// <param name="first">What is done first, with a connection string for the database.</param>
    /// <param name="database">The database.</param>
    public async Task GoBack(Func<string, Task> first, string database)
    {
        await Stop();
        Directory.Delete(Data, recursive: true);
        Directory.Move(Backup, Data);

        int port = FreePort.Choose();
        await Launch(port);
        await first(ConnectionString(port, database) + ";Pooling=false");
        await Restart();
    }

    public async ValueTask DisposeAsync()
    {
        await StopImmediately();
        _folder.Dispose();
    }

    private static string ConnectionString(int port, string database) =>
        $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Timeout=120;Command Timeout=300";

    private static string Program(string name) => Path.Combine(PostgreSqlBinaries.Folder!, name);

    private static async Task<PostgreSqlServer> Start(bool durable, Func<PostgreSqlServer, Task> makeData)
    {
        var server = new PostgreSqlServer(durable);
        try
        {
            await ServerAccount.Own(server._folder.Path);
            await makeData(server);
            await server.Launch();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private Task Run(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo command = ServerAccount.Command(Program(program), arguments);

        // The folder that the tests run in may be closed to the server's account.
        command.WorkingDirectory = _folder.Path;
        return ServerAccount.Run(command);
    }

    private Task Launch() => Launch(_port);

    private async Task Launch(int port)
    {
        string[] settings =
        [
            $"listen_addresses={_addresses}", $"port={port}", "unix_socket_directories=", "max_connections=1000",
            .. _durable ? (string[])[] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB"],
        ];
        _process = ServerProcess.Start(
            _folder, Program("postgres"), ["-D", Data, .. settings.SelectMany(setting => (string[])["-c", setting])]);
        await AwaitConnections(_process, port);
    }

    private async Task AwaitConnections(ServerProcess process, int port)
    {
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString(port, "postgres") + ";Pooling=false");
                await connection.OpenAsync();
                string? folder = await connection.ExecuteScalarAsync<string>("SHOW data_directory");
                if (folder == Data && !process.HasExited)
                    return;
                throw new InvalidOperationException($"Port {port} is the server's of '{folder}'.");
            }
            catch (NpgsqlException error)
            {
                if (process.HasExited || process.IsLate)
                    throw new InvalidOperationException($"The server did not start: {await process.Log()}", error);
                await Task.Delay(20);
            }
        }
    }

    private async Task End(string signal)
    {
        if (_process is not { } process)
            return;
        _process = null;
        await process.End(signal);
    }

    private static bool HasRoom(string folder) => Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > 2L << 30;
}
