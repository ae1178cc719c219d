using BuildData.Torture.Histories;
using BuildData.Torture.Model;

namespace BuildData.Torture.Tests;

/// <summary>The search for an order of calls of which the store has lost the last ones.</summary>
internal sealed class LostEndTests
{
    private static readonly ProjectState Empty = new("p");
    private static readonly BuilderState First = new("p-b0", 1);
    private static readonly BuilderState Second = new("p-b1", 2);

    private readonly Call[] _calls = [Find(First, began: 1), Find(Second, began: 3)];

    [Test]
    public void FindViolation_LastCallIsLost_None() => FindViolation([First], mayLackLast: true).Should().BeNull();

    [Test]
    public void FindViolation_AllCallsAreLost_None() => FindViolation([], mayLackLast: true).Should().BeNull();

    [Test]
    public void FindViolation_FirstCallIsLost_Violation() => FindViolation([Second], mayLackLast: true).Should().Contain("p-b0");

    [Test]
    public void FindViolation_LastCallIsLostAndNothingMayBe_Violation() => FindViolation([First], mayLackLast: false).Should().Contain("p-b1");

    private static Call Find(BuilderState builder, long began) =>
        new(new FindBuilder(builder.Name), MasterId: 1, began) { Ended = began + 1, Outcome = Outcome.Returned(builder.Id) };

    private string? FindViolation(ReadOnlySpan<BuilderState> stored, bool mayLackLast) =>
        Linearization.FindViolation(_calls, Empty, Empty with { Builders = [.. stored] }, mayLackLast: mayLackLast);
}
