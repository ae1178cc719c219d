using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Values;

namespace BuildData.Resources;

/// <summary>Holds the JSON options for resources in the table of kept events. The JSON is the wire form, except that times are in microseconds.</summary>
internal static class KeptEventJsonOptions
{
    // A property's value may have the default maximum depth, and here it is nested inside other values.
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
                var list when list == typeof(IReadOnlyList<StepUrl>) => new EquatableListConverter<StepUrl>(),
                var list when list == typeof(IReadOnlyList<SourceStamp>) => new EquatableListConverter<SourceStamp>(),
                var list when list == typeof(IReadOnlyList<string>) => new EquatableListConverter<string>(),
                var list when list == typeof(IReadOnlyList<long>) => new EquatableListConverter<long>(),
                _ => property.CustomConverter,
            };
        }
    }
}
