using System.Reflection;

namespace BuildData.Tests;

/// <summary>Every contract has a derived class for every kind of store.</summary>
internal sealed class ComplianceTests
{
    private static readonly Type[] Classes = [.. typeof(StoreTests).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(StoreTests)))];

    [Test]
    public void Contracts_OfEachKindOfStore_AreKeptByOneClassEach()
    {
        StoreTests[] kept = [.. Classes.Where(type => !type.IsAbstract && type.GetConstructor([]) is not null).Select(type => (StoreTests)Activator.CreateInstance(type)!)];

        IEnumerable<string> wrong =
            from contract in Contracts()
            from kind in StoreKind.All
            let count = kept.Count(tests => tests.GetType().IsSubclassOf(contract) && tests.Kind == kind)
            where count != 1
            select $"{contract.Name} has {count} classes for {kind.Name}";

        wrong.Should().BeEmpty("each has one");
    }

    [Test]
    public void Contracts_OfTheProject_AreFound() => Contracts().Should().Contain([typeof(ScenarioTests), typeof(SubscriptionTests)]);

    private static IEnumerable<Type> Contracts() => Classes.Where(type => type.IsAbstract && HasTests(type));

    private static bool HasTests(Type type) =>
        type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public)
            .Any(method => method.IsDefined(typeof(TestAttribute)) || method.IsDefined(typeof(TestCaseAttribute)) || method.IsDefined(typeof(TestCaseSourceAttribute)));
}
