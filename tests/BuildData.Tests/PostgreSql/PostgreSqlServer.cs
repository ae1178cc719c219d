using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>A PostgreSQL server of the tests' own, to be stopped, crashed and started again. Nothing of it is left behind.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    // The shell becomes the server. What it leaves in the background passes a signal on when it is told to, and when there is
    // nobody left to tell it, however the tests ended, it ends the server and removes its folder.
    private const string Script = """
        exec 3<&0 < /dev/null >> "$0/log" 2>&1
        ( (if read -r signal <&3; then kill -s "$signal" $$; else kill -s QUIT $$; sleep 1; rm -rf "$0"; fi) & )
        exec "$@" 3<&-
        """;

    private const string Memory = "/dev/shm";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentDictionary<int, bool> Ports = new();

    private readonly int _port = FreePort();
    private readonly TempFolder _folder;
    private readonly bool _durable;
    private Process? _process;

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

    private string Data => _folder.File("data");

    private string Backup => _folder.File("backup");

    /// <summary>Starts a new server, or skips the test if there can be none, unless BUILDDATA_REQUIRE_POSTGRESQL is set.</summary>
    /// <param name="durable">Whether what is committed goes to the disk, which takes time.</param>
    public static async Task<PostgreSqlServer> Start(bool durable)
    {
        if (Missing is { } missing)
        {
            if (Environment.GetEnvironmentVariable("BUILDDATA_REQUIRE_POSTGRESQL") is { Length: > 0 })
                Assert.Fail(missing);
            Assert.Ignore(missing);
        }

        var server = new PostgreSqlServer(durable);
        try
        {
            await ServerAccount.Own(server._folder.Path);
            await ServerAccount.Run(server.Command(
                Program("initdb"), "--pgdata", server.Data, "--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"));
            await server.Launch();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string ConnectionString(string database = "postgres") => ConnectionString(_port, database);

    /// <summary>Ends it in order, and the connections to it.</summary>
    public Task Stop() => End("INT");

    /// <summary>Ends it at once, as a crash would.</summary>
    public Task StopImmediately() => End("QUIT");

    /// <summary>Lets it accept nothing new, and no request to cancel, until <see cref="GoOn"/>; what it runs goes on.</summary>
    public Task Pause() => Signal("STOP");

    public Task GoOn() => Signal("CONT");

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
        await ServerAccount.Run(Command("cp", "-a", Data, Backup));
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

        int port = FreePort();
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

    private ProcessStartInfo Command(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo command = ServerAccount.Command(program, arguments);

        // The folder that the tests run in may be closed to the server's account.
        command.WorkingDirectory = _folder.Path;
        return command;
    }

    private Task Launch() => Launch(_port);

    private async Task Launch(int port)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=", "max_connections=1000",
            .. _durable ? (string[])[] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB"],
        ];
        ProcessStartInfo command = Command(
            "/bin/sh", ["-c", Script, _folder.Path, Program("postgres"), "-D", Data, .. settings.SelectMany(setting => (string[])["-c", setting])]);
        command.RedirectStandardInput = true;
        _process = Process.Start(command)!;
        await AwaitConnections(_process, port);
    }

    private async Task AwaitConnections(Process process, int port)
    {
        var waited = Stopwatch.StartNew();
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
                if (process.HasExited || waited.Elapsed > Patience)
                    throw new InvalidOperationException($"The server did not start: {await File.ReadAllTextAsync(_folder.File("log"))}", error);
                await Task.Delay(20);
            }
        }
    }

    private async Task End(string signal)
    {
        if (_process is not { } process)
            return;
        _process = null;
        using (process)
        {
            await process.StandardInput.WriteLineAsync(signal);
            await process.StandardInput.FlushAsync();
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
    }

    private Task Signal(string signal) =>
        ServerAccount.Run(new ProcessStartInfo("kill", ["-s", signal, $"{_process!.Id}"]));

    private static bool HasRoom(string folder) => Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > 2L << 30;

    private static int FreePort()
    {
        // Below the ports that systems give to clients: one of those could have it when the server comes back.
        while (true)
        {
            int port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();

                // Another server of ours may have it, though it is not up yet, or is stopped at the moment.
                if (Ports.TryAdd(port, true))
                    return port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }
}
