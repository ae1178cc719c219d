using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using BuildData.PostgreSql;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace BuildData.Tests;

/// <summary>Dependencies between folders point one way. Namespaces of internal types equal folders.</summary>
internal sealed class FloorPlanTests
{
    private static readonly ArchUnitNET.Domain.Architecture Code = new ArchLoader().LoadAssemblies(typeof(Master).Assembly, typeof(PostgreSqlStore).Assembly).Build();

    [TestCase("BuildData.Values", "Sql|Definitions|Queries|Paths|Events|Updating|Watching|Stores|Resources|Api")]
    [TestCase("BuildData.Sql", "Definitions|Queries|Paths|Events|Updating|Watching|Resources|Api")]
    [TestCase("BuildData.Definitions", "Paths|Events|Updating|Watching|Resources|Api")]
    [TestCase("BuildData.Queries", "Paths|Events|Updating|Watching|Resources|Api")]
    [TestCase("BuildData.Paths", "Events|Updating|Watching|Resources|Api")]
    [TestCase("BuildData.Events", "Updating|Watching|Resources|Api")]
    [TestCase("BuildData.Watching", "Updating|Resources|Api")]
    [TestCase("BuildData.Resources", "Api")]
    [TestCase("BuildData.Stores.Sqlite", "Watching|Paths|Queries|Api")]
    public void Folder_OfTheCore_DependsOnNoFolderAboveIt(string folder, string above) =>
        AssertIndependent(folder, $@"^BuildData\.({above})(\.|$)");

    [TestCase("BuildData.PostgreSql.Diagnostics", "Tasks|Text|Connections|Events|Writing|Maintenance|Schema")]
    [TestCase("BuildData.PostgreSql.Tasks", "Text|Connections|Events|Writing|Maintenance|Schema")]
    [TestCase("BuildData.PostgreSql.Text", "Connections|Events|Writing|Maintenance|Schema")]
    [TestCase("BuildData.PostgreSql.Schema", "Connections|Events|Writing|Maintenance")]
    [TestCase("BuildData.PostgreSql.Connections", "Events|Writing|Maintenance|Schema")]
    [TestCase("BuildData.PostgreSql.Events", "Writing|Maintenance|Schema")]
    [TestCase("BuildData.PostgreSql.Writing", "Maintenance|Schema")]
    public void Folder_OfPostgreSql_DependsOnNoFolderAboveIt(string folder, string above) =>
        AssertIndependent(folder, $@"^BuildData\.PostgreSql\.({above})(\.|$)");

    [Test]
    public void Core_DoesNotDependOnPostgreSql() => AssertIndependent("BuildData.Stores", @"^BuildData\.PostgreSql");

    private static void AssertIndependent(string folder, string above)
    {
        GivenTypesConjunction types = Types().That().ResideInNamespaceMatching($@"^{folder.Replace(".", @"\.", StringComparison.Ordinal)}(\.|$)");
        TypesShouldConjunction rule = Types().That().Are(types).Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(above));

        types.GetObjects(Code).Should().NotBeEmpty();
        string[] violations = [.. rule.Evaluate(Code).Where(result => !result.Passed).Select(result => result.Description)];
        violations.Should().BeEmpty();
    }
}
