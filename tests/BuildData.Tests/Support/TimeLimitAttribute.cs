using System.Collections.Concurrent;
using NUnit.Framework.Interfaces;

namespace BuildData.Tests;

/// <summary>
/// Ends the run with the name of the test when a test takes too long, because a lost wake-up would block it for ever. The limit
/// of the test framework can't end a test that ignores its cancellation token.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TimeLimitAttribute(double minutes) : Attribute, ITestAction
{
    private readonly ConcurrentDictionary<string, Timer> _running = new();

    public double Minutes => minutes;

    public ActionTargets Targets => ActionTargets.Test;

    /// <summary>Gets how many tests run under the limit now.</summary>
    public static int Running { get; private set; }

    public void BeforeTest(ITest test)
    {
        _running[test.Id] = new Timer(
            _ => Environment.FailFast($"The test {test.FullName} took longer than {minutes} minutes."), null, TimeSpan.FromMinutes(minutes), Timeout.InfiniteTimeSpan);
        Running = _running.Count;
    }

    public void AfterTest(ITest test)
    {
        if (_running.TryRemove(test.Id, out Timer? timer))
            timer.Dispose();
    }
}
