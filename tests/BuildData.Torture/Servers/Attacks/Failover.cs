using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Starts and promotes replicas.</summary>
internal static class Failover
{
    public const string ReplicaName = "replica";

    /// <summary>Starts a replica, and waits until it gets what is committed.</summary>
    public static async Task<PostgreSqlServer> StartReplica(PostgreSqlServer primary)
    {
        PostgreSqlServer replica = await primary.StartReplica(ReplicaName, TimeSpan.Zero);
        await primary.Until("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", 1L);
        return replica;
    }

    /// <summary>Makes a replica the server, and leads masters to it.</summary>
    public static async Task Promote(PostgreSqlServer replica, IReadOnlyList<PostgreSqlProxy> proxies)
    {
        if (!await replica.Scalar<bool>("SELECT pg_promote()"))
            throw new ViolationException("The replica was not promoted.");
        foreach (PostgreSqlProxy proxy in proxies)
        {
            proxy.SwitchTo(replica);
            proxy.Reset();
        }
    }
}
