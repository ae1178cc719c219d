using System.Text.Json;

namespace BuildData.Tests;

internal sealed class PropertyMapTests
{
    [Test]
    public void New_CanBeFilled()
    {
        var map = new PropertyMap { ["a"] = (1, "S"), ["b"] = (2, "S") };
        map["a"] = (3, "S");
        map.Add("c", (4, "S"));

        map.IsReadOnly.Should().BeFalse();
        map.Keys.Should().Equal("a", "b", "c");
        map["a"].Should().Be((Property)(3, "S"));
        map.ContainsKey("A").Should().BeFalse("names are compared by ordinal");
    }

    [Test]
    public void Change_OfAReadOnlyMap_FailsAndTellsToCopyIt()
    {
        PropertyMap map = new PropertyMap { ["a"] = (1, "S") }.Freeze();

        map.Invoking(one => one["a"] = (2, "S")).Should().Throw<NotSupportedException>().WithMessage("*copy*");
        map.Invoking(one => one.Add("b", (2, "S"))).Should().Throw<NotSupportedException>().WithMessage("*copy*");

        map.Should().Equal(new PropertyMap { ["a"] = (1, "S") });
    }

    [Test]
    public void Copy_OfAReadOnlyMap_CanBeChangedAlone()
    {
        PropertyMap map = new PropertyMap { ["a"] = (1, "S") }.Freeze();

        var copy = new PropertyMap(map) { ["b"] = (2, "S") };

        copy.Should().HaveCount(2);
        map.Should().HaveCount(1);
    }

    [Test]
    public void Add_NameThatIsThereOrNull_Fails()
    {
        var map = new PropertyMap { ["a"] = (1, "S") };

        map.Invoking(one => one.Add("a", (2, "S"))).Should().Throw<ArgumentException>();
        map.Invoking(one => one.Add("b", null!)).Should().Throw<ArgumentNullException>();
        map.Invoking(one => one["b"] = null!).Should().Throw<ArgumentNullException>();
        map.Invoking(one => one.Add(null!, (2, "S"))).Should().Throw<ArgumentNullException>();
    }

    [Test]
    public void Equals_IsByValue()
    {
        var map = new PropertyMap { ["a"] = (1, "S"), ["b"] = (2, "S") };

        map.Equals(new PropertyMap { ["b"] = (2, "S"), ["a"] = (1, "S") }.Freeze()).Should().BeTrue();
        map.GetHashCode().Should().Be(new PropertyMap { ["b"] = (2, "S"), ["a"] = (1, "S") }.GetHashCode());
        map.Equals(new PropertyMap { ["a"] = (1, "S") }).Should().BeFalse();
        map.Equals(new PropertyMap { ["a"] = (1, "S"), ["b"] = (2, "T") }).Should().BeFalse();
    }

    [Test]
    public void Json_RoundTrip_GivesAnEqualMapThatIsReadOnly()
    {
        var build = new Build { BuildId = 7, Properties = new() { ["owner"] = ("ann", "S"), ["*"] = (1.5, "T") } };

        string json = JsonSerializer.Serialize(build, BuildDataJsonContext.Default.Build);
        Build back = JsonSerializer.Deserialize(json, BuildDataJsonContext.Default.Build)!;

        json.Should().Contain("""
            "properties":{"owner":["ann","S"],"*":[1.5,"T"]}
            """);
        back.Should().Be(build);
        back.Properties.IsReadOnly.Should().BeTrue();
    }

    [TestCase("[]")]
    [TestCase("""{"a":null}""")]
    [TestCase("""{"a":1}""")]
    [TestCase("""{"a":[1]}""")]
    public void Json_NoProperties_Fails(string json) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize(json, BuildDataJsonContext.Default.PropertyMap)).Should().Throw<JsonException>();
}
