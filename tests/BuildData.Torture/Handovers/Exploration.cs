using System.Reflection;
using BuildData.Torture.Handovers.Rewriting;

namespace BuildData.Torture.Handovers;

/// <summary>Explores scenarios: rewrites the library and the scenarios, and runs schedules. Not thread-safe.</summary>
internal sealed class Exploration : IDisposable
{
    private delegate string? RunSchedule(Assembly scenarios, string type, int seed, long[] figures);

    private readonly RewrittenContext _context;
    private readonly RunSchedule _run;
    private readonly Action _close;

    /// <param name="more">An assembly with further scenarios; null if there is none.</param>
    public Exploration(Assembly? more = null)
    {
        _context = new RewrittenContext(more);
        Type type = _context.Rewritten(typeof(ExplorationSession).Assembly).GetType(typeof(ExplorationSession).FullName!, throwOnError: true)!;
        object session = Activator.CreateInstance(type)!;
        _run = type.GetMethod(nameof(ExplorationSession.Run))!.CreateDelegate<RunSchedule>(session);
        _close = type.GetMethod(nameof(ExplorationSession.Close))!.CreateDelegate<Action>(session);
    }

    /// <summary>Gets the number of preemption points in the rewritten code.</summary>
    public int PointCount => _context.PointCount;

    /// <summary>Runs one schedule of a scenario.</summary>
    /// <param name="scenario">The scenario. The schedule runs the rewritten copy of its type.</param>
    /// <param name="seed">The number that all choices of the schedule come from.</param>
    public Schedule Run(IScenario scenario, int seed)
    {
        Type type = scenario.GetType();
        long[] figures = new long[5];
        string? violation = _run(_context.Rewritten(type.Assembly), type.FullName!, seed, figures);
        return new Schedule(violation, figures[0], figures[1], figures[2], figures[3], figures[4]);
    }

    public void Dispose() => _close();

    /// <summary>What a schedule did.</summary>
    /// <param name="Violation">The promise that does not hold; null if there is none.</param>
    /// <param name="Steps">The number of steps: the points at which another thread could get the turn.</param>
    /// <param name="Switches">The number of steps at which another thread got the turn.</param>
    /// <param name="Threads">The number of threads and work items.</param>
    /// <param name="MostThreads">The greatest number of threads and work items at a time.</param>
    /// <param name="Hash">A number that two schedules share only if they made the same switches at the same steps.</param>
    internal sealed record Schedule(string? Violation, long Steps, long Switches, long Threads, long MostThreads, long Hash);
}
