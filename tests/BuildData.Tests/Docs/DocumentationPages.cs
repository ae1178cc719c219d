namespace BuildData.Tests;

/// <summary>The Markdown files of the repository that users read.</summary>
internal static class DocumentationPages
{
    /// <summary>Gets the README and the pages of the documentation.</summary>
    public static IReadOnlyList<MarkdownPage> Docs { get; } = [MarkdownPage.Read("README.md"), .. In("src/docs")];

    /// <summary>Gets all pages with links between them: the documentation, and the pages for contributors.</summary>
    public static IReadOnlyList<MarkdownPage> Linked { get; } = [.. Docs, .. In(".github")];

    /// <summary>Gets the pages that package feeds show.</summary>
    public static IReadOnlyList<MarkdownPage> Packages { get; } =
        [MarkdownPage.Read("src/BuildData/README.md"), MarkdownPage.Read("src/BuildData.PostgreSql/README.md"), MarkdownPage.Read("src/BuildData.Testing/README.md"), MarkdownPage.Read("src/BuildData.AspNetCore/README.md")];

    private static IEnumerable<MarkdownPage> In(string folder) =>
        Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)
            .Select(file => MarkdownPage.Read(Path.GetRelativePath(Repository.Root, file)))
            .OrderBy(page => page.Path, StringComparer.Ordinal);
}
