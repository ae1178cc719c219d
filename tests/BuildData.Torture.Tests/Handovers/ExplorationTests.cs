using BuildData.Torture.Handovers;
using BuildData.Torture.Handovers.Scenarios;
using BuildData.Torture.Tests.Handovers.Scenarios;

namespace BuildData.Torture.Tests.Handovers;

/// <summary>The explorer finds known faults. It reports none in correct code. A seed repeats a schedule.</summary>
[Parallelizable(ParallelScope.None)]
internal sealed class ExplorationTests
{
    private const int Schedules = 500;

    private Exploration _exploration = null!;

    [OneTimeSetUp]
    public void Rewrite() => _exploration = new Exploration(typeof(ExplorationTests).Assembly);

    [OneTimeTearDown]
    public void DeleteFiles() => _exploration.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void Run_QueueLosesWakeUp_DeadlockFound() => FindViolation(new LostWakeUp()).Should().StartWith("Deadlock");

    [Test]
    [CancelAfter(60_000)]
    public void Run_LocksInOppositeOrders_DeadlockFound() => FindViolation(new CrossedLocks()).Should().StartWith("Deadlock");

    [Test]
    [CancelAfter(60_000)]
    public void Run_UpdateLost_OutcomeFound() => FindViolation(new LostUpdate()).Should().StartWith("The count is 1.");

    [Test]
    [CancelAfter(60_000)]
    public void Run_QueueWithoutFault_NoViolation() => FindViolation(new KeptWakeUp()).Should().BeNull();

    [Test]
    [CancelAfter(60_000)]
    public void Run_SameSeed_SameSchedule([Values(1, 2, 3)] int seed)
    {
        Exploration.Schedule first = _exploration.Run(new UpdatesSideBySide(), seed);
        using var other = new Exploration();

        Exploration.Schedule second = other.Run(new UpdatesSideBySide(), seed);

        second.Should().Be(first);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Run_OtherSeed_OtherSchedule() =>
        Enumerable.Range(0, 20).Select(seed => _exploration.Run(new UpdatesSideBySide(), seed).Hash).Distinct().Should().HaveCountGreaterThan(10);

    private string? FindViolation(IScenario scenario)
    {
        for (int seed = 0; seed < Schedules; seed++)
        {
            if (_exploration.Run(scenario, seed).Violation is { } violation)
            {
                TestContext.Out.WriteLine($"Found by schedule {seed + 1}.");
                return violation;
            }
        }

        return null;
    }
}
