using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>
/// Lets watches, subscriptions, tails, streams and sockets come, lag, leave and resume beside a load, over restarts, kills and removals. Each
/// must end with exactly what is stored, or with the documented exception.
/// </summary>
internal sealed class FollowersCheck : ICheck
{
    private readonly IReadOnlyList<FollowersPart> _parts;

    public FollowersCheck()
        : this(FollowersPart.All)
    {
    }

    public FollowersCheck(IReadOnlyList<FollowersPart> parts) => _parts = parts;

    public string Name => "followers";

    public string Description =>
        $"Followers of all kinds beside a load and restarts. A round is a store that is opened some times, with followers of one part: {string.Join(", ", _parts.Select(part => part.Name))} (--only).";

    public async Task Run(CheckRun run)
    {
        FollowersPart[] chosen = [.. _parts.Where(part => run.Settings.Only is null ? !part.IsServer || PostgreSqlServer.Missing is null : run.Settings.Only == part.Name)];
        if (chosen.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'. The parts are {string.Join(", ", _parts.Select(part => part.Name))}.");
        while (run.Begin(out int round))
        {
            FollowersPart part = chosen[round % chosen.Length];
            try
            {
                await FollowersRound.Run(run, part, run.Random(round));
            }
            catch (ViolationException violation)
            {
                throw run.Violation($"Round {round} ({part.Name}): {violation.Message}");
            }

            run.Count($"rounds of {part.Name}");
        }
    }
}
