using System.CommandLine;
using BuildData.Torture.Fuzzing;
using BuildData.Torture.Fuzzing.Instrumented;

namespace BuildData.Torture.Running;

/// <summary>Lists the checks, and the commands that the checks start as processes of their own.</summary>
internal static class Checks
{
    /// <summary>Gets all checks.</summary>
    public static IReadOnlyList<ICheck> All { get; } = [new FuzzCheck()];

    /// <summary>Gets the hidden commands that checks start as processes.</summary>
    public static IReadOnlyList<Command> Processes { get; } = [FuzzProcess.Create()];
}
