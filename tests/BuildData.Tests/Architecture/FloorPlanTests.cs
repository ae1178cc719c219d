using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using BuildData.AspNetCore;
using BuildData.PostgreSql;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace BuildData.Tests;

/// <summary>Dependencies between folders point one way: a folder depends only on the folders before it.</summary>
internal sealed class FloorPlanTests
{
    private static readonly Architecture Code = new ArchLoader().LoadAssemblies(typeof(Master).Assembly, typeof(PostgreSqlStore).Assembly, typeof(BuildDataApiOptions).Assembly).Build();

    private static readonly SourceFolders CoreFolders = new("BuildData");
    private static readonly SourceFolders PostgreSqlFolders = new("BuildData.PostgreSql");
    private static readonly SourceFolders WebFolders = new("BuildData.AspNetCore");

    [TestCase("Values", "Sql|Definitions|Queries|Paths|Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Errors", "Sql|Definitions|Queries|Paths|Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Sql", "Definitions|Queries|Paths|Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Definitions", "Queries|Paths|Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Queries", "Paths|Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Paths", "Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Diagnostics", "Events|Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Events", "Updating|Watching|Stores|Resources|Measuring|Options|Api|Copying|Hosting")]
    [TestCase("Options", "Updating|Watching|Stores|Resources|Measuring|Api|Copying|Hosting")]
    [TestCase("Updating", "Watching|Stores/Sqlite|Resources|Measuring|Api|Copying|Hosting")]
    [TestCase("Watching", "Stores/Sqlite|Resources|Measuring|Api|Copying|Hosting")]
    [TestCase("Stores/Protocol", "Watching|Paths|Queries|Stores/Sqlite|Resources|Measuring|Api|Copying|Hosting")]
    [TestCase("Stores/Sqlite", "Watching|Paths|Queries|Resources|Measuring|Api|Copying|Hosting")]
    [TestCase("Resources", "Stores/Sqlite|History|Measuring|Api|Copying|Hosting")]
    [TestCase("History", "Stores/Sqlite|Watching|Measuring|Api|Copying|Hosting")]
    [TestCase("Measuring", "Stores/Sqlite|History|Api|Copying|Hosting")]
    [TestCase("Api", "Copying|Hosting")]
    [TestCase("Copying", "Hosting")]
    public void Folder_OfTheCore_DependsOnNoFolderAboveIt(string folder, string above) => AssertIndependent(CoreFolders, folder, above);

    [TestCase("Diagnostics", "Tasks|Text|Connections|Events|Copying|Writing|Maintenance|Schema")]
    [TestCase("Tasks", "Text|Connections|Events|Copying|Writing|Maintenance|Schema")]
    [TestCase("Text", "Connections|Events|Copying|Writing|Maintenance|Schema")]
    [TestCase("Schema", "Connections|Events|Copying|Writing|Maintenance")]
    [TestCase("Connections", "Events|Copying|Writing|Maintenance|Schema")]
    [TestCase("Events", "Copying|Writing|Maintenance|Schema")]
    [TestCase("Copying", "Writing|Maintenance")]
    [TestCase("Writing", "Maintenance|Schema")]
    public void Folder_OfPostgreSql_DependsOnNoFolderAboveIt(string folder, string above) => AssertIndependent(PostgreSqlFolders, folder, above);

    [TestCase("Diagnostics", "Answers|Access|Control|Description|Rest|Live|Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Answers", "Access|Control|Description|Rest|Live|Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Access", "Control|Description|Rest|Live|Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Control", "Description|Rest|Live|Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Description", "Rest|Live|Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Rest", "Live|Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Live", "Badges|Dashboard|Buildbot|Routes")]
    [TestCase("Badges", "Dashboard|Buildbot|Routes")]
    [TestCase("Dashboard", "Buildbot|Routes")]
    [TestCase("Buildbot", "Routes")]
    public void Folder_OfTheWeb_DependsOnNoFolderAboveIt(string folder, string above) => AssertIndependent(WebFolders, folder, above);

    [Test]
    public void Types_WithPartsInSeveralFolders_AreTheFace() =>
        CoreFolders.SplitTypes.Concat(PostgreSqlFolders.SplitTypes).Concat(WebFolders.SplitTypes).Should().BeEquivalentTo("BuildData.Updates", "BuildData.BuildDataOptions");

    [Test]
    public void InternalTypes_OfEachFolder_HaveItAsNamespace()
    {
        string[] wrong = [.. Code.Types
            .Where(type => type.Visibility == Visibility.Internal && !type.IsNested && !type.IsCompilerGenerated && type.FullName.StartsWith("BuildData", StringComparison.Ordinal))
            .Where(type => !CoreFolders.IsIn(FolderOf(type, "BuildData"), type.FullName) && !PostgreSqlFolders.IsIn(FolderOf(type, "BuildData.PostgreSql"), type.FullName)
                && !WebFolders.IsIn(FolderOf(type, "BuildData.AspNetCore"), type.FullName))
            .Select(type => type.FullName)];

        wrong.Should().BeEmpty();
    }

    private static string FolderOf(IType type, string root) =>
        type.Namespace.FullName.Length > root.Length ? type.Namespace.FullName[(root.Length + 1)..].Replace('.', '/') : "";

    private static void AssertIndependent(SourceFolders folders, string folder, string above)
    {
        string[] aboveFolders = above.Split('|');
        IType[] types = [.. Code.Types.Where(type => folders.IsIn(folder, type.FullName))];
        IType[] forbidden = [.. Code.Types.Where(type => aboveFolders.Any(other => folders.IsIn(other, type.FullName)))];
        TypesShouldConjunction rule = Types().That().Are(types).Should().NotDependOnAny(Types().That().Are(forbidden));

        types.Should().NotBeEmpty();
        forbidden.Should().NotBeEmpty();
        string[] violations = [.. rule.Evaluate(Code).Where(result => !result.Passed).Select(result => result.Description)];
        violations.Should().BeEmpty();
    }
}
