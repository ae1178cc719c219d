using System.Reflection;
using System.Text.RegularExpressions;
using BuildData.AspNetCore;
using BuildData.Testing;

namespace BuildData.Tests;

/// <summary>The names in the documentation's code are names of types and members that exist.</summary>
internal sealed partial class NamesInDocsTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    // What a reader is to write.
    private const string OfReaders = "My";

    // A setting of the application domain, an assembly that these tests do not load, an attribute without its suffix, properties of MSBuild,
    // and what hosts of ASP.NET Core use in their tests.
    private static readonly string[] Foreign = ["DataDirectory", "CodeFixes", "FromKeyedServices", "PublishTrimmed", "PublishAot", "WebApplicationFactory", "ConfigureTestServices", "CreateSlimBuilder", "RequireCors", "MapOpenApi", "AddOpenApi"];

    private static readonly Assembly[] Own =
        [typeof(Master).Assembly, typeof(PostgreSqlOptionsExtensions).Assembly, typeof(TestMaster).Assembly, typeof(BuildDataApiOptions).Assembly, typeof(StoreTests).Assembly, typeof(PostgreSqlServer).Assembly, typeof(NamesInDocsTests).Assembly];

    private static readonly HashSet<string> Names =
        [.. Foreign, .. Own.SelectMany(assembly => assembly.GetTypes()).Concat(Referenced().SelectMany(assembly => assembly.GetExportedTypes())).SelectMany(NamesOf)];

    private static IEnumerable<MarkdownPage> Pages =>
        [.. DocumentationPages.Docs, .. DocumentationPages.Packages, .. DocumentationPages.Linked.Where(page => page.Path.EndsWith("CONTRIBUTING.md", StringComparison.Ordinal))];

    [TestCaseSource(nameof(Pages))]
    public void Names_InCode_Exist(MarkdownPage page) => NamesIn(page).Where(name => !Names.Contains(name) && !name.StartsWith(OfReaders, StringComparison.Ordinal)).Should().BeEmpty();

    [Test]
    public void Names_InCode_AreFound() => Pages.SelectMany(NamesIn).Should().Contain(["KeepEvents", "CollapsePolicy", "UpdateContext"]);

    private static IEnumerable<string> NamesIn(MarkdownPage page) =>
        Code().Matches(page.Text).SelectMany(code => Name().Matches(code.Value)).Select(name => name.Value).Distinct();

    private static IEnumerable<Assembly> Referenced() =>
        Own.SelectMany(assembly => assembly.GetReferencedAssemblies()).DistinctBy(name => name.FullName).Select(Assembly.Load).Concat([typeof(object).Assembly, typeof(Uri).Assembly]);

    private static IEnumerable<string> NamesOf(Type type) =>
        [type.Name.Split('`')[0], .. (type.Namespace ?? "").Split('.'), .. type.GetMembers(All).Select(member => member.Name)];

    [GeneratedRegex("^```csharp\n.*?^```|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    // Words of two parts or more. The names of files and folders are not of interest.
    [GeneratedRegex(@"(?<![/\w])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\b(?!\.(?:cs|db)\b)")]
    private static partial Regex Name();
}
