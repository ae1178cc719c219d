namespace BuildData.Tests;

/// <summary>A streaming replica of a server. Nothing of it is left behind.</summary>
internal sealed class PostgreSqlReplica : IAsyncDisposable
{
    private const string Name = "replica";

    private readonly PostgreSqlServer _primary;

    private PostgreSqlReplica(PostgreSqlServer primary, PostgreSqlServer server) => (_primary, Server) = (primary, server);

    /// <summary>The replica, to be stopped, started again and asked.</summary>
    public PostgreSqlServer Server { get; }

    /// <summary>Starts the only replica of a server. No commit waits for it yet.</summary>
    /// <param name="primary">The server.</param>
    /// <param name="applyDelay">How long after a commit the replica shows the change.</param>
    public static async Task<PostgreSqlReplica> Start(PostgreSqlServer primary, TimeSpan applyDelay = default)
    {
        var replica = new PostgreSqlReplica(primary, await primary.StartReplica(Name, applyDelay));
        await replica.Streams();
        return replica;
    }

    /// <summary>Lets commits wait until the replica has them and, with <c>synchronous_commit=remote_apply</c>, shows them.</summary>
    public Task MakeSynchronous() => _primary.Set("synchronous_standby_names", Name);

    /// <summary>Lets commits wait for nobody; those that wait complete.</summary>
    public Task MakeAsynchronous() => _primary.Set("synchronous_standby_names", "");

    /// <summary>Waits until the replica gets what is committed.</summary>
    public Task Streams() => _primary.Until("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", 1L);

    /// <summary>Waits until the replica shows all that was committed.</summary>
    public async Task ShowsAll()
    {
        string? end = await _primary.Scalar<string>("SELECT pg_current_wal_lsn()::text");
        await Server.Until($"SELECT pg_last_wal_replay_lsn() >= '{end}'", true);
    }

    /// <summary>Makes the replica a server of its own, which takes writes.</summary>
    public async Task Promote() => (await Server.Scalar<bool>("SELECT pg_promote()")).Should().BeTrue();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
