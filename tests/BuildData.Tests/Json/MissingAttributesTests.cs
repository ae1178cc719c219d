using System.Text.Json;
using BuildData.Resources;

namespace BuildData.Tests;

/// <summary>Kept events, and the JSON of older programs, lack the attributes that came later.</summary>
internal sealed class MissingAttributesTests
{
    private static readonly Type[] Types = [.. ResourceTypes.All.Select(type => type.ResourceType).Distinct()];

    [TestCaseSource(nameof(Types))]
    public void Deserialize_EventWithoutAttributes_HasTheirDefaults(Type type) =>
        ResourceTypes.Catalog.Deserialize("{}", type).Should().Be(Activator.CreateInstance(type));

    [TestCaseSource(nameof(Types))]
    public void Deserialize_WireFormWithoutAttributes_HasTheirDefaults(Type type) =>
        JsonSerializer.Deserialize("{}", type, BuildDataJsonContext.Default).Should().Be(Activator.CreateInstance(type));
}
