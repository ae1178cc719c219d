using BuildData.Torture.Histories;
using BuildData.Torture.Model;

namespace BuildData.Torture.Tests.Histories;

/// <summary>The search accepts what a correct store can return, and nothing else.</summary>
internal sealed class LinearizationTests
{
    private readonly List<Call> _calls = [];
    private long _moment;

    [SetUp]
    public void WriteABuild()
    {
        _calls.Clear();
        _moment = 0;
        Call(new FindBuilder("p-b0"), Outcome.Returned(1));
        Call(new AddBuildset("p-1", "ann", null, [1]), Outcome.Returned(1, 1, 1));
    }

    [Test]
    public void FindViolation_OneOfTwoCallersClaims_FindsNone()
    {
        CallAtTheSameTime((new ClaimRequests([1]), Outcome.Returned(1)), (new ClaimRequests([1]), Outcome.Returned(0)));

        Violation().Should().BeNull();
    }

    [Test]
    public void FindViolation_TwoCallersClaim_FindsIt()
    {
        CallAtTheSameTime((new ClaimRequests([1]), Outcome.Returned(1)), (new ClaimRequests([1]), Outcome.Returned(1)));

        Violation().Should().Contain("No order explains the calls");
    }

    [Test]
    public void FindViolation_AnOrderThatNoCallHadAlone_IsFoundAmongConcurrentCalls()
    {
        StartBuild();

        CallAtTheSameTime((new NewStep(1, "test"), Step(2, 1, "test_1")), (new NewStep(1, "test"), Step(1, 0, "test")));

        Violation().Should().BeNull();
    }

    [Test]
    public void FindViolation_ACallThatBeganLaterHasAnEarlierNumber_FindsIt()
    {
        StartBuild();

        Call(new NewStep(1, "test"), Step(2, 1, "test_1"));
        Call(new NewStep(1, "test"), Step(1, 0, "test"));

        Violation().Should().NotBeNull();
    }

    [Test]
    public void FindViolation_AReadMissesWhatEndedBefore_FindsIt()
    {
        StartBuild();

        Call(new NewStep(1, "test"), Step(1, 0, "test"));
        Call(new ReadSteps(1), Outcome.ReturnedText(""));

        Violation().Should().NotBeNull();
    }

    [Test]
    public void FindViolation_AStoredStateWithoutAnAcknowledgedUpdate_FindsIt()
    {
        StartBuild();
        ProjectState before = State();

        Call(new NewStep(1, "test"), Step(1, 0, "test"));

        Linearization.FindViolation(_calls, new ProjectState("p"), before).Should().Contain("step #1");
    }

    [Test]
    public void FindViolation_ACallThatWasCutOff_MayBeStoredOrNot()
    {
        StartBuild();
        ProjectState without = State();
        Call(new NewStep(1, "test"), Step(7, 0, "test"));
        ProjectState with = State();
        _calls[^1] = _calls[^1] with { Ended = null, Outcome = null };

        Linearization.FindViolation(_calls, new ProjectState("p"), without).Should().BeNull();
        Linearization.FindViolation(_calls, new ProjectState("p"), with).Should().BeNull();
    }

    [Test]
    public void FindViolation_APartOfATransactionThatWasCutOff_FindsIt()
    {
        StartBuild();
        Call(new NewStep(1, "test"), Step(7, 0, "test"));
        ProjectState part = State();

        _calls[^1] = new Call(new RunTransaction([new NewStep(1, "test"), new StartStep(-1, LocksAcquired: false)], Fails: false), 1, _calls[^1].Began);

        Linearization.FindViolation(_calls, new ProjectState("p"), part).Should().Contain("What is stored differs");
    }

    [Test]
    public void FindViolation_AFailedCallIsStored_FindsIt()
    {
        StartBuild();
        Call(new NewStep(1, "test"), Step(1, 0, "test"));
        ProjectState with = State();

        _calls[^1] = _calls[^1] with { Outcome = new Outcome(OutcomeKind.Failed) };

        Linearization.FindViolation(_calls, new ProjectState("p"), with).Should().Contain("step #1");
    }

    private static Outcome Step(long id, long number, string name) => Outcome.Returned(id, number) with { Text = name };

    private void StartBuild() => Call(new AddBuild(1, 1, null), Outcome.Returned(1, 1));

    private void Call(Operation operation, Outcome outcome) => _calls.Add(new Call(operation, 1, _moment++) { Ended = _moment++, Outcome = outcome });

    private void CallAtTheSameTime(params (Operation Operation, Outcome Outcome)[] calls)
    {
        long began = _moment++;
        foreach ((Operation operation, Outcome outcome) in calls)
            _calls.Add(new Call(operation, 1, began) { Ended = _moment + 1, Outcome = outcome });
        _moment += 2;
    }

    private string? Violation() => Linearization.FindViolation(_calls, new ProjectState("p"), observed: null);

    /// <summary>The state behind the calls, which have one order.</summary>
    private ProjectState State() => _calls.Aggregate(new ProjectState("p"), (state, call) => ProjectModel.Apply(state, call, mayPassLocked: false, out _).Single());
}
