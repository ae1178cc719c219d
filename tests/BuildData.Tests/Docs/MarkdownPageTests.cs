namespace BuildData.Tests;

internal sealed class MarkdownPageTests
{
    [Test]
    public void RelativeLinks_LinksToSitesAndInCode_AreLeftOut()
    {
        MarkdownPage page = Page("[a](a.md#b) and [site](https://example.org), `[code](code.md)`\n\n```\n[block](block.md)\n```\n\n![image](c.png)\n");

        page.RelativeLinks.Should().Equal("a.md#b", "c.png");
    }

    [TestCase("# Durability and threads", "durability-and-threads")]
    [TestCase("## A process ends (SQLite)", "a-process-ends-sqlite")]
    [TestCase("### `Watch` and [wait](#wait)", "watch-and-wait")]
    [TestCase("## What's new_here", "whats-new_here")]
    public void Anchors_OfAHeading_AreGitHubs(string heading, string anchor) =>
        Page(heading + "\n").Anchors.Should().Equal(anchor);

    [Test]
    public void Anchors_SameHeadingTwice_AreNumbered() =>
        Page("# A\n\n## B\n\n## B\n").Anchors.Should().Equal("a", "b", "b-1");

    [Test]
    public void Anchors_LineInACodeBlock_IsNoHeading() =>
        Page("```sh\n# comment\n```\n\n# A\n").Anchors.Should().Equal("a");

    [Test]
    public void Examples_WithAndWithoutAName_AreFound() =>
        Page("<!-- open -->\n```csharp\nOpen();\n```\n\n```csharp\nClose();\n```\n\n```sh\nls\n```\n").Examples
            .Should().Equal(("open", "Open();"), ("", "Close();"));

    private static MarkdownPage Page(string text) => new("page.md", text);
}
