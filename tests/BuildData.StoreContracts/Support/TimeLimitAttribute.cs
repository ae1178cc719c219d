using System.Collections.Concurrent;
using NUnit.Framework.Interfaces;

namespace BuildData.StoreContracts;

/// <summary>
/// Ends the run with the name of the test when a test takes too long, because a lost wake-up would block it for ever. The limit
/// of the test framework can't end a test that ignores its cancellation token.
/// </summary>
/// <param name="minutes">The limit, in minutes.</param>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class)]
public sealed class TimeLimitAttribute(double minutes) : Attribute, ITestAction
{
    /// <summary>The name of the property of a running test that has its limit in minutes.</summary>
    public const string Property = "TimeLimit";

    private readonly ConcurrentDictionary<string, Timer> _running = new();

    /// <summary>Gets the limit in minutes.</summary>
    public double Minutes => minutes;

    /// <summary>Gets that each test has the limit by itself.</summary>
    public ActionTargets Targets => ActionTargets.Test;

    /// <summary>Starts the time of a test.</summary>
    /// <param name="test">The test.</param>
    public void BeforeTest(ITest test)
    {
        _running[test.Id] = new Timer(
            _ => Environment.FailFast($"The test {test.FullName} took longer than {minutes} minutes."), null, TimeSpan.FromMinutes(minutes), Timeout.InfiniteTimeSpan);
        test.Properties.Set(Property, minutes);
    }

    /// <summary>Stops the time of a test.</summary>
    /// <param name="test">The test.</param>
    public void AfterTest(ITest test)
    {
        if (_running.TryRemove(test.Id, out Timer? timer))
            timer.Dispose();
    }
}
