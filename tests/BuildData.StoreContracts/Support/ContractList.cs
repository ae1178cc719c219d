using System.Reflection;

namespace BuildData.StoreContracts;

/// <summary>Lists the contracts, and finds those that a kind of store leaves out.</summary>
public static class ContractList
{
    /// <summary>Gets the contracts of this assembly.</summary>
    public static IReadOnlyList<Type> All { get; } = [.. ContractsIn(typeof(ContractList).Assembly)];

    /// <summary>
    /// Returns a line for each contract that does not have exactly one class for a kind of store, and nothing if each has one.
    /// </summary>
    /// <param name="tests">The assembly with the classes. If it has contracts of its own, these are checked too.</param>
    /// <param name="kind">The kind of store, which is known by its name.</param>
    public static IReadOnlyList<string> Violations(Assembly tests, StoreKind kind)
    {
        StoreTests[] classes =
        [
            .. tests.GetTypes().Where(type => type.IsSubclassOf(typeof(StoreTests)) && !type.IsAbstract && type.GetConstructor([]) is not null)
                .Select(type => (StoreTests)Activator.CreateInstance(type)!)
                .Where(instance => instance.Kind.Name == kind.Name),
        ];

        return
        [
            .. from contract in All.Union(ContractsIn(tests))
            let count = classes.Count(instance => instance.GetType().IsSubclassOf(contract))
            where count != 1
            select $"{contract.Name} has {count} classes for {kind.Name}",
        ];
    }

    private static IEnumerable<Type> ContractsIn(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(StoreTests)) && type.IsAbstract && HasTests(type));

    private static bool HasTests(Type type) =>
        type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public)
            .Any(method => method.IsDefined(typeof(TestAttribute)) || method.IsDefined(typeof(TestCaseAttribute)) || method.IsDefined(typeof(TestCaseSourceAttribute)));
}
