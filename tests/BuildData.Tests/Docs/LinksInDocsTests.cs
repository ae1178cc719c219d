namespace BuildData.Tests;

/// <summary>Every link between pages leads somewhere, and every page is reached.</summary>
internal sealed class LinksInDocsTests
{
    [TestCaseSource(typeof(DocumentationPages), nameof(DocumentationPages.Linked))]
    public void RelativeLinks_OfAPage_LeadToFilesAndHeadings(MarkdownPage page) =>
        page.RelativeLinks.Where(link => !LeadsSomewhere(page, link)).Should().BeEmpty($"{page.Path} links only to what exists");

    [Test]
    public void RelativeLinks_OfAllPages_AreFound() =>
        DocumentationPages.Linked.Where(page => page.RelativeLinks.Count > 0).Select(page => page.Path)
            .Should().Contain(["README.md", "src/docs/README.md", ".github/CONTRIBUTING.md"]);

    [TestCase("README.md")]
    [TestCase("src/docs/README.md")]
    public void Index_OfTheDocumentation_LinksEveryPage(string index)
    {
        MarkdownPage page = DocumentationPages.Docs.Single(page => page.Path == index);
        IEnumerable<string> linked = page.RelativeLinks.Select(link => FileOf(page, link));

        linked.Should().Contain(DocumentationPages.Docs.Select(doc => doc.Path).Where(path => !path.EndsWith("README.md", StringComparison.Ordinal)));
    }

    [TestCaseSource(typeof(DocumentationPages), nameof(DocumentationPages.Packages))]
    public void RelativeLinks_OfAPackagesPage_DoNotExist(MarkdownPage page) =>
        page.RelativeLinks.Should().BeEmpty("a package feed has no files beside it");

    private static bool LeadsSomewhere(MarkdownPage page, string link)
    {
        string file = FileOf(page, link);
        if (!File.Exists(Path.Combine(Repository.Root, file)))
            return false;

        string[] parts = link.Split('#', 2);
        return parts.Length == 1 || MarkdownPage.Read(file).Anchors.Contains(parts[1]);
    }

    /// <summary>Returns the file that a link leads to, relative to the repository.</summary>
    private static string FileOf(MarkdownPage page, string link)
    {
        string target = link.Split('#', 2)[0];
        return target.Length == 0
            ? page.Path
            : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, target)));
    }
}
