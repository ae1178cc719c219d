using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>A part of the check of servers: a kind of fault.</summary>
internal interface IServerPart
{
    /// <summary>Gets the name that chooses the part.</summary>
    string Name { get; }

    /// <summary>Gets why the part can't run on this machine; null if it can.</summary>
    string? Missing { get; }

    /// <summary>Gets how many rounds a server serves.</summary>
    int RoundsOfServer { get; }

    /// <summary>Starts a server, and opens masters.</summary>
    Task<Arena> Open(int masters, Random random);

    /// <summary>Runs a round: breaks something under load, repairs it, and compares.</summary>
    /// <exception cref="ViolationException">A promise does not hold.</exception>
    Task Run(CheckRun run, Arena arena, int round, Random random);
}
