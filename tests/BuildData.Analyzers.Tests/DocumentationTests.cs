using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers.Tests;

/// <summary>The examples and samples follow the rules, and every rule has a section in the documentation.</summary>
internal sealed class DocumentationTests
{
    private const string RulesPage = "src/docs/analyzers.md";

    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    // The page about the rules also shows what they report.
    private static IEnumerable<MarkdownPage> Pages =>
        DocumentationPages.Docs.Concat(DocumentationPages.Packages).Where(page => page.Examples.Count > 0 && page.Path != RulesPage);

    [TestCaseSource(nameof(Pages))]
    public async Task Examples_OfAPage_AreNotReported(MarkdownPage page)
    {
        foreach ((_, string code) in page.Examples)
            (await Analysis.Of(AsFile(code))).Should().BeEmpty();
    }

    [TestCase("BD0001", 2)]
    [TestCase("BD0002", 1)]
    [TestCase("BD0003", 1)]
    [TestCase("BD0004", 1)]
    public async Task Examples_OfARule_AreReportedOnlyBeforeItsFix(string rule, int reports)
    {
        string section = MarkdownPage.Read(RulesPage).Text.Split($"## {rule}\n")[1].Split("\n## ")[0];
        string[] examples = [.. new MarkdownPage("section", section).Examples.Select(example => example.Code)];

        (await Analysis.Of(AsFile(examples[0]))).Should().HaveCount(reports).And.OnlyContain(report => report.StartsWith(rule, StringComparison.Ordinal));
        foreach (string corrected in examples.Skip(1))
            (await Analysis.Of(AsFile(corrected))).Should().BeEmpty();
    }

    [TestCase("using BuildData;\n\nawait master.Data.Get(\"/bilds\");", "BD0001")]
    [TestCase("await updates.ClaimBuildRequests([requests[linux]]);", "BD0003")]
    [TestCase("private string Path => \"\";\n\nprivate Task Run() => data.Get(\"/bilds\");", "BD0001")]
    public async Task Examples_WithAMistake_AreReported(string code, string id) =>
        (await Analysis.Of(AsFile(code))).Should().ContainSingle().Which.Should().StartWith(id);

    [Test]
    public async Task Quickstart_AsAProgram_IsNotReported()
    {
        string[] files = [ImplicitUsings, .. Directory.GetFiles(Path.Combine(Repository.Root, "samples/Quickstart"), "*.cs").Select(File.ReadAllText)];

        Analysis.ErrorsOf(files).Should().BeEmpty();
        (await Analysis.Of(files)).Should().BeEmpty();
    }

    [Test]
    public void Page_OfTheRules_HasASectionForEach() =>
        MarkdownPage.Read(RulesPage).Anchors.Should().Contain(Analysis.Rules.Select(rule => rule.Id.ToLowerInvariant()));

    [Test]
    public void Page_OfTheRules_HasTheirTitlesAndSeverities()
    {
        string page = MarkdownPage.Read(RulesPage).Text;

        foreach (DiagnosticDescriptor rule in Analysis.Rules)
            page.Should().Contain($"| [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {rule.Title} | {rule.DefaultSeverity} |");
    }

    [Test]
    public void HelpLink_OfARule_LeadsToItsSection() =>
        HelpLinks.Of("BD0001", "https://example.org/project").Should().Be("https://example.org/project/blob/main/src/docs/analyzers.md#bd0001");

    [Test]
    public void HelpLink_OfAProjectWithoutAnAddress_IsEmpty() => HelpLinks.Of("BD0001", "").Should().BeEmpty();

    /// <summary>Returns an example as a source file. It consists of statements, of members, or of types.</summary>
    private static string AsFile(string code)
    {
        string[] lines = code.Split('\n');
        string usings = string.Join('\n', lines.Where(IsUsing));
        string rest = string.Join('\n', lines.Where(line => !IsUsing(line)));
        if (lines.Any(line => line.StartsWith("internal ", StringComparison.Ordinal)))
            return code;
        return usings + "\n" + (lines.Any(line => line.StartsWith("private ", StringComparison.Ordinal)) ? Code.WithMembers(rest) : Code.With(rest));
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal);
}
