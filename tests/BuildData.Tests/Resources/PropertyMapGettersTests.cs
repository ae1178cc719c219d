namespace BuildData.Tests;

internal sealed class PropertyMapGettersTests
{
    private static readonly PropertyMap Map = new()
    {
        ["owner"] = ("ann", "Scheduler"),
        ["retries"] = (3, "Force"),
        ["ratio"] = (0.5, "Force"),
        ["clean"] = (true, "Force"),
        ["nothing"] = ((string?)null, "Force"),
    };

    [Test]
    public void Getters_PropertyOfTheirKind_ReturnItsValue() =>
        (Map.GetString("owner"), Map.GetInt64("retries"), Map.GetDouble("ratio"), Map.GetBoolean("clean")).Should().Be(("ann", 3, 0.5, true));

    [TestCase("nothing")]
    [TestCase("missing")]
    public void Getters_NullOrMissing_ReturnNull(string name) =>
        (Map.GetString(name), Map.GetInt64(name), Map.GetDouble(name), Map.GetBoolean(name)).Should().Be((null, null, null, null));

    [Test]
    public void GetString_Number_NamesThePropertyAndTheKind() =>
        Map.Invoking(map => map.GetString("retries")).Should().Throw<InvalidOperationException>().WithMessage("*'retries'*Number*");

    [Test]
    public void GetInt64_Fraction_ShowsTheValue() =>
        Map.Invoking(map => map.GetInt64("ratio")).Should().Throw<InvalidOperationException>().WithMessage("*0.5*");

    [Test]
    public void GetValue_DescribedType_IsDeserialized() =>
        Map.GetValue("owner", BuildDataJsonContext.Default.String).Should().Be("ann");
}
