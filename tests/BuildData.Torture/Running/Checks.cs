using System.CommandLine;
using BuildData.Torture.Handovers;

namespace BuildData.Torture.Running;

/// <summary>Lists the checks, and the commands that the checks start as processes of their own.</summary>
internal static class Checks
{
    /// <summary>Gets all checks.</summary>
    public static IReadOnlyList<ICheck> All { get; } = [new HandoversCheck()];

    /// <summary>Gets the hidden commands that checks start as processes.</summary>
    public static IReadOnlyList<Command> Processes { get; } = [];
}
