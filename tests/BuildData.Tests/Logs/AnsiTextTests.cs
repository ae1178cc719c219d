using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildData.Tests;

internal sealed partial class AnsiTextTests
{
    [TestCase("^[[31mred^[[0m", "red")]
    [TestCase("a^[[1;38;5;196mb^[[mc", "abc")]
    [TestCase("^[[?25l^[[2K^[[1Gx", "x")]
    [TestCase("^[[4:3munderline^[[24m", "underline")]
    [TestCase("^[[1 qcursor", "cursor")]
    [TestCase("^[]0;title^Gcontent", "content")]
    [TestCase("^[]8;;https://example.org^[\\link^[]8;;^[\\ end", "link end")]
    [TestCase("^[]0;title<9C>content", "content")]
    [TestCase("^[Pdata^G still data^[\\content", "content")]
    [TestCase("^[_app^[\\a^[^pm^[\\b^[Xsos^[\\c", "abc")]
    [TestCase("^[(Ba^[#8b^[$)Cc", "abc")]
    [TestCase("^[7a^[8b^[Mc^[=d^[ce", "abcde")]
    [TestCase("<9B>31mred<9D>0;t^Gx", "redx")]
    [TestCase("a\rb\tc<85>d\0e", "a\rb\tc<85>d\0e")]
    [TestCase("^[[3\u00E4b", "\u00E4b")]
    [TestCase("^[[31\rb", "\rb")]
    [TestCase("a^[", "a")]
    [TestCase("a^[[", "a")]
    [TestCase("a^[[12;3", "a")]
    [TestCase("a^[]0;title", "a")]
    [TestCase("a^[(", "a")]
    [TestCase("^[]0;title^[[31mred", "red")]
    [TestCase("^[]0;title^Xrest", "rest")]
    [TestCase("^[^[[31mred", "red")]
    [TestCase("^[\u00E4", "\u00E4")]
    [TestCase("^[[^[[31mred", "red")]
    [TestCase("", "")]
    public void Strip_Text_HasNoSequencesLeft(string text, string expected) => AnsiText.Strip(Decode(text)).Should().Be(Decode(expected));

    [TestCase("plain text")]
    [TestCase("^G\b<85>")]
    public void Strip_NoSequences_ReturnsTheSameObject(string text)
    {
        string decoded = Decode(text);

        AnsiText.Strip(decoded).Should().BeSameAs(decoded);
    }

    // The expression says the same in another way, and can take long where the method must not.
    [Test]
    public void Strip_RandomText_IsThatOfTheExpression()
    {
        var random = new Random(1);
        const string Characters = "\u001B\u001B\u001B[[]]P_\\\a\u009B\u009C\u009D\u0018(0;1mK é\r\n";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => Characters[random.Next(Characters.Length)])]);

            AnsiText.Strip(text).Should().Be(Sequences().Replace(text, ""), string.Join(' ', text.Select(c => ((int)c).ToString("x2", CultureInfo.InvariantCulture))));
        }
    }

    [TestCase("^[[")]
    [TestCase("^[]")]
    [TestCase("^[P")]
    [TestCase("^[[0")]
    [TestCase("^[[0;")]
    [TestCase("^[]0;title")]
    [TestCase("^[(")]
    [TestCase("^[")]
    [TestCase("0;")]
    public void Strip_HostileText_TakesTimeInProportion(string part)
    {
        string text = Decode("^[[" + string.Concat(Enumerable.Repeat(part, 10_000_000 / part.Length)));
        var watch = Stopwatch.StartNew();

        AnsiText.Strip(text);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    // The test runner leaves out test cases whose arguments have an escape character.
    private static string Decode(string text) =>
        EightBitCode().Replace(text, code => $"{(char)int.Parse(code.Value[1..^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)}")
            .Replace("^[", "\u001B", StringComparison.Ordinal).Replace("^G", "\a", StringComparison.Ordinal).Replace("^X", "\u0018", StringComparison.Ordinal);

    [GeneratedRegex("<[89][0-9A-F]>")]
    private static partial Regex EightBitCode();

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
