using BuildData.Torture.Model;
using Npgsql;

namespace BuildData.Torture.Servers;

/// <summary>A server with a store, and masters in this process that have it open. It serves several rounds.</summary>
internal sealed class Arena : IAsyncDisposable
{
    /// <summary>How long after a fault everything must work again: longer than the time after which any session is given up or ended.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<IAsyncDisposable> _parts = [];

    private Arena(PostgreSqlServer server) => Server = server;

    /// <summary>Gets the server.</summary>
    public PostgreSqlServer Server { get; }

    /// <summary>Gets the masters in this process.</summary>
    public List<ServerMaster> Masters { get; } = [];

    /// <summary>Gets the projects of earlier rounds, to which nobody writes any more.</summary>
    public Dictionary<string, ProjectState> Settled { get; set; } = [];

    /// <summary>Gets the ids of masters that were killed.</summary>
    public HashSet<long> Dead { get; } = [];

    /// <summary>Gets the proxies of the masters.</summary>
    public IReadOnlyList<PostgreSqlProxy> Proxies => [.. Masters.Select(master => master.Proxy).OfType<PostgreSqlProxy>()];

    /// <summary>Gets a connection string that leads directly to the server.</summary>
    public string ConnectionString => WithLimits(Server.ConnectionString());

    /// <summary>Starts a server and masters.</summary>
    /// <param name="masters">How many masters.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="prepare">Prepares the server before the masters open the store, and returns a way to it; null for a proxy for each master.</param>
    /// <param name="server">The server, which the arena then owns; null to start one.</param>
    public static async Task<Arena> Open(int masters, Random random, Func<Arena, Task<string?>>? prepare = null, PostgreSqlServer? server = null)
    {
        var arena = new Arena(server ?? await PostgreSqlServer.Start(durable: false));
        try
        {
            string? way = prepare is null ? null : await prepare(arena);
            for (int i = 0; i < masters; i++)
                arena.Masters.Add(await arena.OpenMaster($"m{i}", way, random.Next()));
            return arena;
        }
        catch
        {
            await arena.DisposeAsync();
            throw;
        }
    }

    /// <summary>Leaves something to the arena that is disposed after the masters and before the server.</summary>
    public T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>Adds the time limits of the check to a connection string.</summary>
    public static string WithLimits(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Timeout = 5, CommandTimeout = 10, CancellationTimeout = 2000 }.ToString();

    public async ValueTask DisposeAsync()
    {
        foreach (PostgreSqlProxy proxy in Proxies)
        {
            proxy.GoOn();
            proxy.Heal();
        }

        foreach (ServerMaster master in Masters)
            await master.DisposeAsync();
        foreach (IAsyncDisposable part in _parts)
            await part.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task<ServerMaster> OpenMaster(string name, string? way, int seed)
    {
        PostgreSqlProxy? proxy = way is null ? PostgreSqlProxy.Start(Server) : null;
        return await ServerMaster.Open(WithLimits(way ?? proxy!.Through(Server.ConnectionString())), name, proxy, seed);
    }
}
