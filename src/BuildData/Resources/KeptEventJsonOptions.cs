using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Values;

namespace BuildData.Resources;

/// <summary>
/// Holds the JSON options for the resources in kept events. A kept event is stored, so that a subscription can resume. The JSON differs
/// from the wire form only in one point: times are in microseconds.
/// </summary>
internal static class KeptEventJsonOptions
{
    // A property's value may use the whole default depth of 64, and the resource adds more levels.
    public static readonly JsonSerializerOptions Instance = new()
    {
        MaxDepth = 128,
        TypeInfoResolver = BuildDataJsonContext.Default.WithAddedModifier(KeepExactValues),
    };

    private static void KeepExactValues(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            property.CustomConverter = property.PropertyType switch
            {
                var time when time == typeof(DateTimeOffset) => UnixMicrosecondsConverter.Instance,
                var time when time == typeof(DateTimeOffset?) => OptionalUnixMicrosecondsConverter.Instance,
                _ => property.CustomConverter,
            };
        }
    }
}
