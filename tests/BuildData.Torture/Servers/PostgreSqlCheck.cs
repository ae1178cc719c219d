using BuildData.Torture.Running;
using BuildData.Torture.Servers.Attacks;

namespace BuildData.Torture.Servers;

/// <summary>
/// Breaks the server, the network, and masters, while several masters write, and compares what is stored and what was announced with the
/// calls that were answered.
/// </summary>
internal sealed class PostgreSqlCheck : ICheck
{
    /// <summary>The variable of the environment that requires what a part needs.</summary>
    public const string Requirement = "BUILDDATA_REQUIRE_POSTGRESQL";

    /// <summary>Gets all parts.</summary>
    public IReadOnlyList<IServerPart> Parts { get; init; } =
    [
        new Backends(), new Restarts(), new StoppedServer(), new StalledNetwork(), new HalfOpenConnections(), new CutConversations(), new PoolerRestarts(), new Administration(),
        new KilledMasters(), new SafeFailover(), new LossyFailover(), new Partition(),
    ];

    /// <summary>Gets how many masters are in this process.</summary>
    public int Masters { get; init; } = 8;

    public string Name => "postgresql";

    public string Description => $"Breaks servers, networks and masters under load. A round is an attack. Its parts are {string.Join(", ", Parts.Select(part => part.Name))}.";

    public async Task Run(CheckRun run)
    {
        IServerPart[] parts = [.. Parts.Where(part => run.Settings.Only is not { } only || only == part.Name)];
        if (parts.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'.");
        parts = [.. parts.Where(part => CanRun(run, part))];
        bool goesOn = parts.Length > 0 && run.Begin(out _);
        for (int next = 0, round = 0; goesOn; next++)
            (goesOn, round) = await RunOnServer(run, parts[next % parts.Length], round);
    }

    private static bool CanRun(CheckRun run, IServerPart part)
    {
        if ((PostgreSqlServer.Missing ?? part.Missing) is not { } missing)
            return true;
        if (Environment.GetEnvironmentVariable(Requirement) is { Length: > 0 })
            throw run.Violation($"{Requirement} is set, but the part {part.Name} can't run. {missing}");
        run.Print($"{part.Name} is skipped. {missing}");
        return false;
    }

    /// <summary>Runs rounds of a part on a server of its own.</summary>
    /// <returns>Whether another round is to begin, and its number.</returns>
    private async Task<(bool GoesOn, int Next)> RunOnServer(CheckRun run, IServerPart part, int round)
    {
        await using Arena arena = await part.Open(Masters, run.Random(round));
        bool goesOn = true;
        for (int i = 0; i < part.RoundsOfServer && goesOn; i++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            try
            {
                await part.Run(run, arena, round, run.Random(round));
            }
            catch (ViolationException violation)
            {
                throw run.Violation($"Round {round} ({part.Name}): {violation.Message}");
            }

            run.Count($"{part.Name}: seconds", (long)clock.Elapsed.TotalSeconds);
            goesOn = run.Begin(out round);
        }

        return (goesOn, round);
    }
}
