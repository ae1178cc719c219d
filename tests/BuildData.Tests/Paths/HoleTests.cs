using BuildData.Queries;
using BuildData.Resources;
using BuildData.Values;
using FsCheck;
using FsCheck.Fluent;

namespace BuildData.Tests;

/// <summary>A hole of an interpolated path stands for exactly its text, whatever that is.</summary>
internal sealed class HoleTests
{
    private static readonly string[] Syntax =
        ["*", "-number", "-", "&", "=", "?", "/", "#", "..", ".", "", "+", "%2A", "%", "a&limit=0", "name__ne", "limit", " ", "é", "\0", "𝄞"];

    private static readonly Arbitrary<string> Texts = Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>(),
            Gen.Elements(Syntax),
            from head in Gen.Elements(Syntax) from tail in Gen.Elements(Syntax) select head + tail)
        .ToArbitrary()
        .Filter(text => text is not null && UnicodeText.IndexOfLoneSurrogate(text) < 0);

    [Test]
    public void Hole_InAFiltersValue_ComesBackAndChangesNothingElse() =>
        Check(text => Spec($"/steps?name={text}&limit=5") is
        {
            Filters: [{ Field: "name", Operator: FilterOperator.Equal, Values: [var value] }], Order: [], Fields: [], Properties: [], AllProperties: false, Limit: 5, Offset: null,
        } && (string)value.Content! == text);

    [Test]
    public void Hole_InAnOrder_IsAFieldsName() =>
        Check(text => Spec($"/steps?order={text}&limit=5") is
        {
            Filters: [], Order: [{ Descending: false, Field: var field }], Fields: [], Properties: [], AllProperties: false, Limit: 5,
        } && field == text);

    [Test]
    public void Hole_AfterTheSignOfAnOrder_IsAFieldsName() =>
        Check(text => Spec($"/steps?order=-{text}") is { Filters: [], Order: [{ Descending: true, Field: var field }] } && field == text);

    [Test]
    public void Hole_InAProperty_IsItsName() =>
        Check(text => Spec($"/builds?property={text}&limit=5") is
        {
            Filters: [], Order: [], Fields: [], Properties: [var name], AllProperties: false, Limit: 5,
        } && name == text);

    [Test]
    public void Hole_InAField_IsItsName() =>
        Check(text => Spec($"/steps?field={text}&limit=5") is { Filters: [], Order: [], Fields: [var name], Properties: [], Limit: 5 } && name == text);

    [Test]
    public void Hole_InThePlaceOfAParametersName_IsAFieldsName() =>
        Check(text => text.Length == 0 || (Spec($"/steps?{text}=a&limit=5") is
        {
            Filters: [{ Operator: FilterOperator.Equal, Field: var field, Values: [_] }], Order: [], Fields: [], Properties: [], AllProperties: false, Limit: 5, Offset: null,
        } && field == text));

    [Test]
    public void Hole_BeforeAnOperator_IsAFieldsName() =>
        Check(text => text.Length == 0 || (Spec($"/steps?limit=5&{text}__ge=a") is
        {
            Filters: [{ Operator: FilterOperator.GreaterOrEqual, Field: var field }], Order: [], Fields: [], Properties: [], AllProperties: false, Limit: 5, Offset: null,
        } && field == text));

    [Test]
    public void Hole_OfABuilder_IsItsName() =>
        Check(text => text.Length == 0 || text.All(char.IsAsciiDigit) || Query($"/builders/{text}/builds/7/steps").Equals(new StepsOfBuild(new BuildRef(text, 7))));

    [TestCase("limit")]
    [TestCase("offset")]
    [TestCase("order")]
    [TestCase("field")]
    [TestCase("property")]
    [TestCase("results__ne")]
    public void Hole_ThatIsAParameter_IsNone(string name) =>
        Spec($"/steps?{name}=1").Filters.Should().ContainSingle().Which.Should().Match<Filter>(filter => filter.Field == name && filter.Operator == FilterOperator.Equal);

    [Test]
    public void Hole_InThePlaceOfAnOperator_IsAnOperatorsName()
    {
        Spec($"/steps?number__{"ge"}=1").Filters.Should().ContainSingle().Which.Operator.Should().Be(FilterOperator.GreaterOrEqual);
        FluentActions.Invoking(() => Spec($"/steps?number__{"x__ne"}=1")).Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be("number__x__ne");
    }

    [Test]
    public void Hole_ThatIsEmpty_InThePlaceOfAName_IsRefused()
    {
        FluentActions.Invoking(() => Spec($"/steps?{""}=1")).Should().Throw<InvalidQueryException>();
        FluentActions.Invoking(() => Spec($"/steps?{""}__ge=1")).Should().NotThrow();
        Spec($"/steps?{""}").Should().BeEquivalentTo(ResultSpec.Empty);
    }

    [Test]
    public void Hole_ThatIsEmpty_InThePlaceOfASegment_IsRefused() =>
        FluentActions.Invoking(() => Query($"/builders/{""}/builds")).Should().Throw<InvalidPathException>().WithMessage("*empty segment*");

    [Test]
    public void Hole_OfDots_LeadsNowhereElse() => Query($"/builders/{".."}/builds").Should().Be(new BuildsOfBuilder(".."));

    // The one exception, which is documented.
    [Test]
    public void Hole_OfDigits_IsABuildersId() => Query($"/builders/{"42"}/builds").Should().Be(new BuildsOfBuilder(42));

    [Test]
    public void Hole_OfANegativeNumber_IsNoOrder()
    {
        Spec($"/steps?order={-5L}").Order.Should().Equal(new Order("-5"));
        Spec($"/steps?order={-5}").Order.Should().Equal(new Order("-5"));
        Spec($"/steps?order={DateTimeOffset.UnixEpoch.AddSeconds(-5)}").Order.Should().Equal(new Order("-5"));
    }

    [Test]
    public void Hole_WithinAPercentEncodedCharacter_IsRefused()
    {
        FluentActions.Invoking(() => Text($"/builders/%{41}")).Should().Throw<ArgumentException>().WithMessage("*percent-encoded*");
        FluentActions.Invoking(() => Text($"/builders/%4{"1"}")).Should().Throw<ArgumentException>().WithMessage("*percent-encoded*");
        Text($"/builders/%41{"1"}").Should().Be("/builders/%411");
    }

    [Test]
    public void Star_ThatIsPercentEncoded_IsAName()
    {
        Spec("/builds?property=%2A").Should().BeEquivalentTo(new ResultSpec { Properties = ["*"] });
        Spec("/builds?property=*&property=a").Should().BeEquivalentTo(new ResultSpec { Properties = ["a"], AllProperties = true });
        Spec("/builds?order=%2Dnumber").Should().BeEquivalentTo(new ResultSpec { Order = [new Order("-number")] });
    }

    // Else a name could be taken for a word of the path.
    [Test]
    public void Endpoints_BesideAName_HaveNoWord()
    {
        string[] patterns = [.. ResourceTypes.Endpoints.Select(endpoint => endpoint.Pattern)];

        IEnumerable<string> wrong =
            from named in patterns
            from other in patterns
            let names = named.Split('/')
            let words = other.Split('/')
            from place in Enumerable.Range(0, Math.Min(names.Length, words.Length))
            where (names[place].EndsWith(":identifier}", StringComparison.Ordinal) || names[place].EndsWith("name}", StringComparison.Ordinal))
                && !words[place].StartsWith('{')
                && names.Take(place).SequenceEqual(words.Take(place))
            select $"{named} and {other}";

        wrong.Should().BeEmpty();
    }

    private static void Check(Func<string, bool> law)
    {
        foreach (string text in Syntax)
            law(text).Should().BeTrue($"'{text}' stands for itself");
        Prop.ForAll(Texts, law).QuickCheckThrowOnFailure();
    }

    private static string Text(DataPath path) => path.ToString();

    private static ResultSpec Spec(DataPath path) => DataApi.Parse(path.ToString(), null).Spec;

    private static Query Query(DataPath path) => DataApi.Parse(path.ToString(), null).Query;
}
