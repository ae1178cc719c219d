using BuildData.Torture.Histories;
using BuildData.Torture.Model;

namespace BuildData.Torture.Load;

/// <summary>One of the callers of a project.</summary>
/// <param name="master">The master that it uses.</param>
/// <param name="known">What the callers of the project know.</param>
/// <param name="recorder">What records the calls of the project.</param>
internal sealed class ProjectCaller(Master master, Known known, ICallRecorder recorder)
{
    private readonly OperationRunner _runner = new(master);

    /// <summary>Chooses an operation, runs it, and records both ends.</summary>
    public async Task<Outcome> Call(Random random)
    {
        Operation operation = OperationSource.Choose(random, known);
        int call = recorder.Begin(operation, master.Id!.Value);
        Outcome outcome = await _runner.Run(operation);
        recorder.End(call, outcome);
        known.Learn(operation, outcome);
        return outcome;
    }
}
