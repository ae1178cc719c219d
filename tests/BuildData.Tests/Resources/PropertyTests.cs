using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildData.Tests;

internal sealed class PropertyTests
{
    [Test]
    public void Conversion_OfTuples_KeepsValueAndSource()
    {
        var map = new PropertyMap
        {
            ["text"] = ("ann", "S"),
            ["none"] = ((string?)null, "S"),
            ["flag"] = (true, "S"),
            ["int"] = (3, "S"),
            ["long"] = (12345678901L, "S"),
            ["number"] = (2.5, "S"),
            ["json"] = (JsonNode.Parse("""{"k":[1,null]}"""), "S"),
        };

        JsonSerializer.Serialize(map, BuildDataJsonContext.Default.PropertyMap).Should().Be(
            """{"text":["ann","S"],"none":[null,"S"],"flag":[true,"S"],"int":[3,"S"],"long":[12345678901,"S"],"number":[2.5,"S"],"json":[{"k":[1,null]},"S"]}""");
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Conversion_OfANumberThatJsonHasNot_Fails(double value) =>
        FluentActions.Invoking(() => (Property)(value, "S")).Should().Throw<ArgumentException>().WithMessage("*written as JSON*");

    [TestCase("1e9999999999", "1e9999999999", true)]
    [TestCase("1e9999999999", "10e9999999998", true)]
    [TestCase("1e9999999999", "2e9999999999", false)]
    [TestCase("[1e-9999999999]", "[1e9999999999]", false)]
    public void Equals_ExponentOutsideTheRangeOfAnInt_ComparesTheNumbers(string one, string other, bool areEqual) =>
        Property.Parse(one, "S").Equals(Property.Parse(other, "S")).Should().Be(areEqual);

    [TestCase("")]
    [TestCase("{")]
    [TestCase("abc")]
    [TestCase("1 2")]
    [TestCase("\"\\ud800\"")]
    public void Parse_NoJson_FailsAndNamesIt(string json) =>
        FluentActions.Invoking(() => Property.Parse(json, "S")).Should().Throw<ArgumentException>().WithMessage($"*'{json}' is not valid JSON*");

    [Test]
    public void Constructor_ElementThatWasReadLeniently_IsStoredAsStrictJson()
    {
        using JsonDocument document = JsonDocument.Parse(
            "[1, /* two */ 2,]", new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });

        new Property(document.RootElement, "S").ToString().Should().Be("""[[1,2],"S"]""");
    }

    [Test]
    public void Constructor_ElementThatIsNestedTooDeep_Fails()
    {
        string deep = new string('[', 70) + new string(']', 70);
        using JsonDocument document = JsonDocument.Parse(deep, new JsonDocumentOptions { MaxDepth = 100 });

        FluentActions.Invoking(() => new Property(document.RootElement, "S")).Should().Throw<ArgumentException>().WithMessage("*not valid JSON*");
    }

    [Test]
    public void Constructor_UndefinedElement_Fails() =>
        FluentActions.Invoking(() => new Property(default, "S")).Should().Throw<ArgumentException>();

    [Test]
    public void Equals_SameJsonSpelledDifferently_IsTrue() =>
        Property.Parse("""{"a":1,"b":[2]}""", "S").Should().Be(Property.Parse("""{ "b" : [2], "a": 1 }""", "S"));

    [Test]
    public void Equals_OtherSource_IsFalse() =>
        Property.Parse("1", "S").Should().NotBe(Property.Parse("1", "T"));
}
