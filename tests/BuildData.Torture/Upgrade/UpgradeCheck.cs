using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Parts;

namespace BuildData.Torture.Upgrade;

/// <summary>
/// Opens stores of all older schema versions, kills and disturbs their migration, and opens stores of newer versions. The rows are written by
/// this check, so it knows what the library must answer.
/// </summary>
internal sealed class UpgradeCheck : ICheck
{
    private readonly IUpgradePart[] _parts;

    public UpgradeCheck()
        : this(
            new VersionsPart(StoreKind.Sqlite),
            new KilledPart(StoreKind.Sqlite, builds: 20_000),
            new TwoProcessesPart(StoreKind.Sqlite),
            new FailingDiskPart(),
            new PowerCutPart(_ => false, statesOfSyncPoint: 20),
            new NewerPart(StoreKind.Sqlite),
            new VersionsPart(StoreKind.PostgreSql),
            new KilledPart(StoreKind.PostgreSql, builds: 15_000),
            new KilledServerPart(builds: 15_000),
            new TwoProcessesPart(StoreKind.PostgreSql),
            new NewerPart(StoreKind.PostgreSql),
            new OldLibrariesPart())
    {
    }

    internal UpgradeCheck(params IUpgradePart[] parts) => _parts = parts;

    public string Name => "upgrade";

    public string Description => $"Migrates stores of all versions. A round is one of: {string.Join(", ", _parts.Select(part => part.Name))} (--only).";

    public async Task Run(CheckRun run)
    {
        IUpgradePart[] parts = Choose(run);
        await using PostgreSqlServer? server = Array.Exists(parts, part => part.NeedsServer) ? await PostgreSqlServer.Start(durable: Array.Exists(parts, part => part.NeedsDurableServer)) : null;
        while (run.Begin(out int round))
        {
            IUpgradePart part = parts[round % parts.Length];
            try
            {
                await part.Run(run, run.Random(round), server);
            }
            catch (ViolationException violation)
            {
                throw run.Violation($"Round {round} ({part.Name}): {violation.Message}");
            }

            run.Count($"rounds of {part.Name}");
        }
    }

    private IUpgradePart[] Choose(CheckRun run)
    {
        IUpgradePart[] chosen = [.. _parts.Where(part => run.Settings.Only is null ? !part.MustBeNamed : run.Settings.Only == part.Name)];
        if (chosen.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'. The parts are {string.Join(", ", _parts.Select(part => part.Name))}.");
        if (PostgreSqlServer.Missing is not { } missing)
            return chosen;
        run.Print($"Without PostgreSQL: {missing}");
        return [.. chosen.Where(part => !part.NeedsServer)];
    }
}
