using System.Text.RegularExpressions;

namespace BuildData.Tests;

/// <summary>A Markdown file: its links, its heading anchors and its code.</summary>
/// <param name="Path">The path of the file, relative to the repository.</param>
/// <param name="Text">The text of the file.</param>
internal sealed partial record MarkdownPage(string Path, string Text)
{
    /// <summary>Gets the targets of all links that lead neither to another site nor to a mail address.</summary>
    public IReadOnlyList<string> RelativeLinks { get; } =
        [.. Link().Matches(InlineCode().Replace(Fence().Replace(Text, ""), "")).Select(link => link.Groups["target"].Value).Where(target => !Absolute().IsMatch(target))];

    /// <summary>Gets the anchors that GitHub gives to the headings.</summary>
    public IReadOnlyList<string> Anchors { get; } = [.. Numbered(Heading().Matches(Fence().Replace(Text, "")).Select(heading => AnchorOf(heading.Groups["text"].Value)))];

    /// <summary>Gets the code blocks in C#, each with the name in the comment above it; empty if there is none.</summary>
    public IReadOnlyList<(string Name, string Code)> Examples { get; } =
        [.. Example().Matches(Text).Select(example => (example.Groups["name"].Value, example.Groups["code"].Value.TrimEnd()))];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of the file, relative to the repository.</param>
    public static MarkdownPage Read(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)));

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static string AnchorOf(string heading) =>
        NotInAnchor().Replace(LinkOrCode().Replace(heading, "${text}"), "").Trim().ToLowerInvariant().Replace(' ', '-');

    private static IEnumerable<string> Numbered(IEnumerable<string> anchors) =>
        anchors.GroupBy(anchor => anchor).SelectMany(same => same.Select((anchor, i) => i == 0 ? anchor : $"{anchor}-{i}"));

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Absolute();

    [GeneratedRegex("^#+ +(?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)|`(?<text>[^`]*)`")]
    private static partial Regex LinkOrCode();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"(?:^<!-- (?<name>[a-z]+) -->\n)?^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
