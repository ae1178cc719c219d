using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Converts a time span to and from its wire form: a number of seconds, with up to seven decimal places.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    private const decimal Last = (decimal)long.MaxValue / TimeSpan.TicksPerSecond;

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDecimal() is var seconds && seconds is >= -Last and <= Last
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new JsonException("The number of seconds does not fit in a time span.");

    // The quotient of two decimals is exact here, unlike that of two doubles.
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}
