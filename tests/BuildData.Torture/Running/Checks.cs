using System.CommandLine;
using BuildData.Torture.PowerCut;
using BuildData.Torture.PowerCut.Load;

namespace BuildData.Torture.Running;

/// <summary>Lists the checks, and the commands that the checks start as processes of their own.</summary>
internal static class Checks
{
    /// <summary>Gets all checks.</summary>
    public static IReadOnlyList<ICheck> All { get; } = [new PowerCutCheck(new PowerCutSettings())];

    /// <summary>Gets the hidden commands that checks start as processes.</summary>
    public static IReadOnlyList<Command> Processes { get; } = [LoadProcess.Command];
}
