using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Stops and starts a pooler of sessions that all masters connect through. A pooler of transactions is refused.</summary>
internal sealed class PoolerRestarts : AttackPart
{
    private const int MostAttacks = 5;
    private const int PoolSize = 200;

    private PgBouncer? _pooler;

    public override string Name => "pooler";

    public override string? Missing => PgBouncer.Missing;

    public override Task<Arena> Open(int masters, Random random) => Arena.Open(masters, random, async arena =>
    {
        PgBouncer ofTransactions = arena.Own(await PgBouncer.Start(arena.Server, "transaction", PoolSize));
        await ExpectRefusal(Arena.WithLimits(ofTransactions.Through(arena.Server.ConnectionString())));
        _pooler = arena.Own(await PgBouncer.Start(arena.Server, "session", PoolSize));
        return _pooler.Through(arena.Server.ConnectionString());
    });

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        for (int attack = random.Next(1, MostAttacks); attack > 0; attack--)
        {
            await Wait(random, 1_000);
            await _pooler!.Stop();
            if (random.Next(2) == 0)
                await Wait(random, 3_000);
            await _pooler.Restart();
            run.Count($"{Name}: restarts");
        }
    }

    private static async Task ExpectRefusal(string connectionString)
    {
        try
        {
            await using Master master = await Master.Open(options => ServerMaster.Configure(options, connectionString, "refused"));
        }
        catch (StoreException error) when (error.Message.Contains("transaction pooling", StringComparison.Ordinal))
        {
            return;
        }

        throw new ViolationException("A pooler of transactions was not refused.");
    }
}
