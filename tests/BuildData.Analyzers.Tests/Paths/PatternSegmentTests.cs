using BuildData.Analyzers.Paths;

namespace BuildData.Analyzers.Tests;

/// <summary>A segment with holes matches whatever it can be, so that no right path is reported.</summary>
internal sealed class PatternSegmentTests
{
    private static readonly string[] Texts = ["", "7", "-", "a", "build", "s", " ", ".", "é", "_events"];

    private static readonly string[] Values = ["builds", "uild", "s", "steps", "linux", "a b", "7", "9223372036854775808", "-", ".", "/", "", new('a', 51), "é"];

    private static readonly string[] Numbers = ["0", "7", "-3", "9223372036854775807"];

    private static readonly PatternSegment[] Patterns =
        [.. EndpointPatterns.All.SelectMany(endpoint => endpoint.Segments).DistinctBy(segment => (segment.Kind, segment.Text)), PatternSegment.Parse("7th")];

    [TestCase(false)]
    [TestCase(true)]
    public void CanMatch_WithAHole_IsTrueForWhateverAValueMakes(bool isNumber)
    {
        string[] missed =
        [
            .. from before in Texts
               from value in isNumber ? Numbers : Values
               from after in Texts
               from pattern in Patterns
               where pattern.CanMatch(Segment(before + value + after)) && !pattern.CanMatch(WithHole(before, isNumber, after))
               select $"{before}{value}{after}",
        ];

        missed.Should().BeEmpty();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void CanMatch_WithTwoHoles_IsTrueForWhateverValuesMake(bool isNumber)
    {
        string[] missed =
        [
            .. from first in Values
               from between in Texts
               from second in isNumber ? Numbers : Values
               from pattern in Patterns
               where pattern.CanMatch(Segment(first + between + second)) && !pattern.CanMatch(WithTwoHoles(between, isNumber))
               select $"{first}{between}{second}",
        ];

        missed.Should().BeEmpty();
    }

    [TestCase("builds", "", true, "")]
    [TestCase("builds", "x", false, "")]
    [TestCase("builds", "", false, "x")]
    [TestCase("builds", "builds", false, "s")]
    [TestCase("{id:number}", "x", true, "")]
    [TestCase("{id:number}", "-", false, "")]
    [TestCase("{name:identifier}", "7", true, "")]
    [TestCase("{name:identifier}", "", true, " ")]
    public void CanMatch_NoValueMakesIt_IsFalse(string pattern, string before, bool isNumber, string after) =>
        PatternSegment.Parse(pattern).CanMatch(WithHole(before, isNumber, after)).Should().BeFalse();

    private static PathSegment Segment(string text)
    {
        var segment = new PathSegment();
        segment.AddText(text, text);
        return segment;
    }

    private static PathSegment WithHole(string before, bool isNumber, string after)
    {
        PathSegment segment = Segment(before);
        segment.AddHole(isNumber, "{hole}");
        segment.AddText(after, after);
        return segment;
    }

    private static PathSegment WithTwoHoles(string between, bool isNumber)
    {
        var segment = new PathSegment();
        segment.AddHole(isNumber: false, "{first}");
        segment.AddText(between, between);
        segment.AddHole(isNumber, "{second}");
        return segment;
    }
}
