using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BuildData.Tests;

internal sealed partial class AnsiTextTests
{
    [TestCase("\u001B[31mred\u001B[0m", "red")]
    [TestCase("a\u001B[1;38;5;196mb\u001B[mc", "abc")]
    [TestCase("\u001B[?25l\u001B[2K\u001B[1Gx", "x")]
    [TestCase("\u001B[4:3munderline\u001B[24m", "underline")]
    [TestCase("\u001B[1 qcursor", "cursor")]
    [TestCase("\u001B]0;title\acontent", "content")]
    [TestCase("\u001B]8;;https://example.org\u001B\\link\u001B]8;;\u001B\\ end", "link end")]
    [TestCase("\u001B]0;title\u009Ccontent", "content")]
    [TestCase("\u001BPdata\a still data\u001B\\content", "content")]
    [TestCase("\u001B_app\u001B\\a\u001B^pm\u001B\\b\u001BXsos\u001B\\c", "abc")]
    [TestCase("\u001B(Ba\u001B#8b\u001B$)Cc", "abc")]
    [TestCase("\u001B7a\u001B8b\u001BMc\u001B=d\u001Bce", "abcde")]
    [TestCase("\u009B31mred\u009D0;t\ax", "redx")]
    [TestCase("a\rb\tc\u0085d\0e", "a\rb\tc\u0085d\0e")]
    [TestCase("\u001B[3\u00E4b", "\u00E4b")]
    [TestCase("\u001B[31\rb", "\rb")]
    [TestCase("a\u001B", "a")]
    [TestCase("a\u001B[", "a")]
    [TestCase("a\u001B[12;3", "a")]
    [TestCase("a\u001B]0;title", "a")]
    [TestCase("a\u001B(", "a")]
    [TestCase("\u001B]0;title\u001B[31mred", "red")]
    [TestCase("\u001B]0;title\u0018rest", "rest")]
    [TestCase("\u001B\u001B[31mred", "red")]
    [TestCase("\u001B\u00E4", "\u00E4")]
    [TestCase("\u001B[\u001B[31mred", "red")]
    [TestCase("", "")]
    public void Strip_Text_HasNoSequencesLeft(string text, string expected) => AnsiText.Strip(text).Should().Be(expected);

    [TestCase("plain text")]
    [TestCase("\u0007\u0008\u0085")]
    public void Strip_NoSequences_ReturnsTheSameObject(string text) => AnsiText.Strip(text).Should().BeSameAs(text);

    // The expression says the same in another way, and can take long where the method must not.
    [Test]
    public void Strip_RandomText_IsThatOfTheExpression()
    {
        var random = new Random(1);
        const string Characters = "\u001B\u001B\u001B[[]]P_\\\a\u009B\u009C\u009D\u0018(0;1mK é\r\n";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => Characters[random.Next(Characters.Length)])]);

            AnsiText.Strip(text).Should().Be(Sequences().Replace(text, ""), string.Join(' ', text.Select(c => ((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture))));
        }
    }

    [TestCase("\u001B[")]
    [TestCase("\u001B]")]
    [TestCase("\u001BP")]
    [TestCase("\u001B[0")]
    [TestCase("\u001B[0;")]
    [TestCase("\u001B]0;title")]
    [TestCase("\u001B(")]
    [TestCase("\u001B")]
    [TestCase("0;")]
    public void Strip_HostileText_TakesTimeInProportion(string part)
    {
        string text = "\u001B[" + string.Concat(Enumerable.Repeat(part, 10_000_000 / part.Length));
        var watch = Stopwatch.StartNew();

        AnsiText.Strip(text);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [GeneratedRegex(
        """
        [\x1B][\[][0-?]*[ -/]*[@-~]? | \x9B[0-?]*[ -/]*[@-~]? |
        (?:\x1B\] | \x9D) [^\x1B\x18\x1A\x9C\a]* (?:\x1B\\ | [\x18\x1A\x9C\a] | (?=\x1B) | \z) |
        (?:\x1B[PX^_] | [\x90\x98\x9E\x9F]) [^\x1B\x18\x1A\x9C]* (?:\x1B\\ | [\x18\x1A\x9C] | (?=\x1B) | \z) |
        \x1B[ -/]+[0-~]? | \x1B[0-~] | \x1B
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Sequences();
}
