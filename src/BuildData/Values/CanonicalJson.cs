using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace BuildData.Values;

/// <summary>
/// Writes JSON values in a canonical form, in which equal values have the same text. Values are equal if <see cref="JsonEquality.AreEqual"/>
/// returns true. In this form, members are sorted by name, and each number and each string has only one notation.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Returns the canonical form of a JSON value.</summary>
    public static string ToText(JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
            Write(writer, value);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>Writes the canonical form of a JSON value.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();

                // The sort is stable, so members with the same name keep their order.
                foreach (JsonProperty member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement element in value.EnumerateArray())
                    Write(writer, element);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(value.GetRawText()));
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // Works on the text, because JSON numbers have unlimited length. 1.50, 15e-1 and 0.15E1 become 15e-1.
    private static string Number(string json)
    {
        int exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        string mantissa = exponentAt < 0 ? json : json[..exponentAt];
        BigInteger exponent = exponentAt < 0 ? 0 : BigInteger.Parse(json.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
            exponent -= mantissa.Length - point - 1;
        string digits = mantissa.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Length == 0)
            return "0";

        string significant = digits.TrimEnd('0');
        exponent += digits.Length - significant.Length;
        string sign = mantissa[0] == '-' ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{significant}e{exponent}");
    }
}
