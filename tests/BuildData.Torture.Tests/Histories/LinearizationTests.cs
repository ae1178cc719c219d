using BuildData.Torture.Histories;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

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

    // Only the end of a long output may be kept.
    [Test]
    public void FindViolation_NoOrderExplainsTheCalls_EndsWithTheReason()
    {
        StartBuild();
        Call(new NewStep(1, "test"), Step(1, 0, "test"));
        Call(new ReadSteps(1), Outcome.ReturnedText(""));

        string lastLine = Violation()!.Split('\n')[^1];

        lastLine.Should().StartWith("Next could be").And.Contain("ReadSteps").And.Contain("but the model");
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
    public void FindViolation_AReadHasWhatACallThatWasCutOffAdded_FindsNone()
    {
        StartBuild();
        Call(new NewStep(1, "test"), Step(7, 0, "test"));
        _calls[^1] = _calls[^1] with { Ended = null, Outcome = null };
        string step = "step #7 0 test started False locks False 'pending' open hidden False urls ";

        Call(new ReadSteps(1), Outcome.ReturnedText(step));
        Violation().Should().BeNull();

        _calls[^1] = _calls[^1] with { Outcome = Outcome.ReturnedText(step.Replace("'pending'", "'other'", StringComparison.Ordinal)) };
        Violation().Should().NotBeNull();
    }

    [Test]
    public void FindViolation_AnotherCallTakesTheRequestOfACallThatWasCutOff_FindsNone()
    {
        Call(new ClaimRequests([1]), Outcome.Returned(1));
        Call(new AddBuildset("p-2", "ann", null, [1]), Outcome.Returned(2, 1, 9));
        Call(new ClaimNext([1]), Outcome.Returned(9));
        ProjectState stored = State();
        _calls[^2] = _calls[^2] with { Ended = null, Outcome = null };

        Linearization.FindViolation(_calls, new ProjectState("p"), stored).Should().BeNull();
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

    [Test]
    public void FindViolation_ManyPairsOfCallsReplaceTheSameValue_FindsTheOrderOfEach()
    {
        StartBuild();
        AddStepsWithStates(pairs: 40);
        ProjectState stored = State();

        // Each pair is stored in the other order than the one that the search tries first.
        LetPairsOverlap(call => call.Operation is SetStepState);

        Linearization.FindViolation(_calls, new ProjectState("p"), stored).Should().BeNull();
    }

    [Test]
    public void FindViolation_OneOfManyPairsIsStoredInNoOrder_FindsIt()
    {
        StartBuild();
        AddStepsWithStates(pairs: 40);
        ProjectState stored = ProjectModel.Apply(State(), new Call(new SetStepState(20, "foreign"), 1, _moment), mayPassLocked: false, out _).Single();
        LetPairsOverlap(call => call.Operation is SetStepState);

        Linearization.FindViolation(_calls, new ProjectState("p"), stored).Should().Contain("What is stored differs").And.Contain("foreign");
    }

    [Test]
    public void FindViolation_ManyPairsOfRequestsReplaceEachOther_FindsTheOrderOfEach()
    {
        const int Pairs = 30;
        for (int i = 0; i < Pairs; i++)
        {
            Call(new FindBuilder($"p-b{i + 1}"), Outcome.Returned(i + 2));
            Call(Replacing(i, "first"), Outcome.Returned((2 * i) + 2, 1, (2 * i) + 2));
            Call(Replacing(i, "second"), Outcome.Returned((2 * i) + 3, 1, (2 * i) + 3));
        }

        // A request waits to the end, so any other call could still change it.
        Call(new CancelRequests([1], "end"), Outcome.Returned(1, 1));
        ProjectState stored = State();
        LetPairsOverlap(call => call.Operation is AddBuildset { Revision: not null });

        Linearization.FindViolation(_calls, new ProjectState("p"), stored, mostPositions: 10_000).Should().BeNull();

        static AddBuildset Replacing(int builder, string reason) => new($"p-{builder}-{reason}", "ann", "r1", [builder + 2]);
    }

    [Test]
    public void FindViolation_TooManyOrdersArePossible_SaysThatNothingIsKnown()
    {
        StartBuild();
        Call(new NewStep(1, "test"), Step(1, 0, "test"));
        CallAtTheSameTime([.. Enumerable.Range(0, 12).Select(i => ((Operation)new AddStepUrl(1, $"u{i}", "https://example.org"), Outcome.Returned()))]);

        ProjectState stored = ProjectModel.Apply(State(), new Call(new SetStepState(1, "foreign"), 1, _moment), mayPassLocked: false, out _).Single();

        Func<string?> search = () => Linearization.FindViolation(_calls, new ProjectState("p"), stored, mostPositions: 1_000);

        search.Should().Throw<ViolationException>().WithMessage("It is not known*1,000 positions*");
    }

    private void AddStepsWithStates(int pairs)
    {
        for (int i = 1; i <= pairs; i++)
            Call(new NewStep(1, $"s{i}"), Step(i, i - 1, $"s{i}"));
        for (int i = 1; i <= pairs; i++)
        {
            Call(new SetStepState(i, "first"), Outcome.Returned());
            Call(new SetStepState(i, "second"), Outcome.Returned());
        }
    }

    /// <summary>Lets the calls of each pair begin together. The one that ends first is the one that took effect last.</summary>
    private void LetPairsOverlap(Predicate<Call> isOfPair)
    {
        for (int i = _calls.FindIndex(isOfPair); i >= 0; i = _calls.FindIndex(i + 2, isOfPair))
            (_calls[i], _calls[i + 1]) = (_calls[i] with { Ended = _calls[i + 1].Ended }, _calls[i + 1] with { Began = _calls[i].Began, Ended = _calls[i].Ended });
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
