using BuildData.Torture.Running;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>A way to upgrade a store.</summary>
internal interface IUpgradePart
{
    /// <summary>Gets the name for <c>--only</c>.</summary>
    string Name { get; }

    /// <summary>Gets whether it needs PostgreSQL.</summary>
    bool NeedsServer => false;

    /// <summary>Gets whether what the server has committed must survive its crash.</summary>
    bool NeedsDurableServer => false;

    /// <summary>Gets whether it runs only if it is named.</summary>
    bool MustBeNamed => false;

    /// <summary>Runs a round.</summary>
    /// <param name="run">The run.</param>
    /// <param name="random">The random numbers of the round.</param>
    /// <param name="server">The server, for a part that needs one.</param>
    /// <exception cref="ViolationException">A promise does not hold.</exception>
    Task Run(CheckRun run, Random random, PostgreSqlServer? server);
}
