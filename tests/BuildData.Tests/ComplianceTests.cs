using System.Reflection;

namespace BuildData.Tests;

/// <summary>Every contract has a derived class for every kind of store.</summary>
internal sealed class ComplianceTests
{
    private static readonly Assembly Tests = typeof(ComplianceTests).Assembly;

    [Test]
    public void Contracts_OfEachKindOfStore_AreKeptByOneClassEach() =>
        StoreKinds.All.SelectMany(kind => ContractList.Violations(Tests, kind)).Should().BeEmpty("each has one");

    [Test]
    public void Contracts_OfTheProject_AreFound() => ContractList.All.Should().Contain([typeof(ScenarioTests), typeof(SubscriptionTests)]);

    [Test]
    public void Contracts_OfAKindWithoutClasses_AreAllNamed()
    {
        var another = new StoreKind("another", () => throw new NotSupportedException());

        IReadOnlyList<string> violations = ContractList.Violations(Tests, another);

        violations.Should().Contain(ContractList.All.Select(contract => $"{contract.Name} has 0 classes for another"))
            .And.Contain($"{nameof(FilterEvaluatorTests)} has 0 classes for another", "it is a contract of the tests' own assembly");
    }
}
