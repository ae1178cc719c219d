using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>
/// Converts a number to and from a JSON number. A JSON number that is too large for a <see cref="double"/> would become infinity, which can't be
/// written again, so it is refused.
/// </summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDouble() is var number && double.IsFinite(number) ? number : throw new JsonException("The number is too large.");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
