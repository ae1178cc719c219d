using System.Reflection;
using System.Runtime.CompilerServices;
using BuildData.Testing;

namespace BuildData.Tests;

/// <summary>A store of another package can do what the library's own stores do.</summary>
internal sealed class SeamTests
{
    [Test]
    public void Internals_OfTheLibrary_AreSeenByTestsAndBenchmarksAlone() =>
        Friends(typeof(Master).Assembly).Should().BeSubsetOf(["BuildData.Tests", "BuildData.Torture", "BuildData.Torture.Tests", "BuildData.Benchmarks", "BuildData.Analyzers.Tests"]);

    [Test]
    public void PostgreSqlStore_OfTheLibrary_ReferencesNothingElseOfIt() =>
        ReferencesOf(typeof(PostgreSqlOptionsExtensions).Assembly).Should().Equal("BuildData");

    [Test]
    public void Testing_OfTheLibrary_ReferencesNothingElseOfIt() => ReferencesOf(typeof(TestMaster).Assembly).Should().Equal("BuildData");

    private static IEnumerable<string?> ReferencesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name).Where(name => name!.StartsWith("BuildData", StringComparison.Ordinal));

    private static IEnumerable<string> Friends(Assembly assembly) =>
        assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName.Split(',')[0]);
}
