using BuildData.Torture.Fuzzing.Instrumented;
using BuildData.Torture.Fuzzing.Running;
using BuildData.Torture.Running;

namespace BuildData.Torture.Fuzzing;

/// <summary>
/// Sends inputs that nobody has thought of to the parts of the library that read what strangers send. A fault is an exception that the documentation
/// does not name, an error of the database, a round trip that changes something, an input that never ends, or memory out of proportion to the input. The
/// HTTP interface never answers with 5xx, and never logs an error.
/// </summary>
/// <remarks>
/// <para>The long form is guided by coverage. Its commands, one per target:</para>
/// <code>
/// dotnet run -c Release --project tests/BuildData.Torture -- fuzz --only paths --duration 00:10:00
/// </code>
/// <para>The targets are paths, queries, tokens, properties, wire, logs and http. Without <c>--only</c>, they share the duration. The command copies the program
/// to a temporary folder, lets SharpFuzz add a counter to each branch of the copy's libraries, and runs the copy as a process of its own. In that process, an
/// input that reaches new code joins the inputs that are changed next. At the end, the command writes the few inputs that reach everything to the corpus,
/// if it runs in the root of the repository. It needs nothing but the .NET SDK. Where PostgreSQL is installed, the inputs that reach new code are
/// also sent to a PostgreSQL server.</para>
/// <para>The short form (<c>--rounds</c>) runs the corpus, and as many changed inputs as there are rounds, without coverage and in this process.</para>
/// <para>The loop is our own instead of AFL's, although SharpFuzz can serve AFL. AFL must be installed, sees only what reaches the end of a pipe, and takes
/// for new what background threads of the library happen to run. Here, an input counts only if it runs the same new code twice, and the promises that it breaks are
/// collected by kind while the run goes on.</para>
/// </remarks>
internal sealed class FuzzCheck : ICheck
{
    /// <inheritdoc/>
    public string Name => "fuzz";

    /// <inheritdoc/>
    public string Description => $"Sends changed inputs to what reads strangers' texts. A round is an input. Parts: {string.Join(", ", FuzzTargets.Names)}.";

    /// <inheritdoc/>
    public async Task Run(CheckRun run)
    {
        IReadOnlyList<string> targets = FuzzTargets.Select(run.Settings.Only);
        var faults = new List<Fault>();
        foreach (string target in targets)
        {
            FuzzResult result = run.Settings.Duration is { } duration
                ? await InstrumentedProcess.Run(run, target, duration / targets.Count)
                : await RunHere(run, target, (run.Settings.Rounds ?? 0) / targets.Count);
            foreach ((string name, long value) in result.Figures)
                run.Count($"{target}: {name}", value);
            faults.AddRange(result.Faults);
        }

        if (faults.Count > 0)
            throw run.Violation($"{faults.Count} kinds of faults.\n\n{string.Join("\n\n", faults)}");
    }

    private static async Task<FuzzResult> RunHere(CheckRun run, string name, long count)
    {
        await using IFuzzTarget target = FuzzTargets.Create(name);
        await target.Open();
        var runner = new InputRunner(target, current: null, run.Print);
        var loop = new FuzzLoop(name, target, run.Random(0), runner, coverage: null);
        await loop.RunKnown();
        await loop.RunChanged(() => count-- > 0);
        return FuzzResult.Of(loop, runner, coverage: null);
    }
}
