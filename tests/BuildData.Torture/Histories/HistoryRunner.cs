using BuildData.Torture.Load;
using BuildData.Torture.Model;

namespace BuildData.Torture.Histories;

/// <summary>Runs programs on a store, each with a project of its own, and looks for an order of their calls that explains everything.</summary>
/// <param name="masters">The masters that the callers use in turn.</param>
internal sealed class HistoryRunner(IReadOnlyList<Master> masters)
{
    private int _projects;

    /// <summary>Gets the number behind which the projects of this runner are numbered.</summary>
    public int FirstProject { get; init; }

    /// <summary>Runs a program.</summary>
    /// <returns>How many calls there were, and why no order explains them; null if one does.</returns>
    public async Task<(int Calls, string? Violation)> Run(HistoryProgram program)
    {
        string project = $"p{FirstProject + Interlocked.Increment(ref _projects)}";
        (var known, var history) = (new Known(project), new CallHistory());
        await Task.WhenAll(program.Callers.Select((calls, i) => Task.Run(() => Run(calls, masters[i % masters.Count], known, history))));

        Dictionary<string, ProjectState> stored = await StoreReader.ReadAll(masters[0].Data);
        string? violation = Linearization.FindViolation(
            history.Calls, new ProjectState(project), stored.GetValueOrDefault(project) ?? new ProjectState(project), mayPassLocked: masters.Count > 1);
        return (history.Calls.Length, violation);
    }

    private static async Task Run(int[] calls, Master master, Known known, CallHistory history)
    {
        var caller = new ProjectCaller(master, known, history);
        foreach (int number in calls)
            await caller.Call(new Random(number));
    }
}
