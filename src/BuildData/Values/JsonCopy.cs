using System.Buffers;
using System.Text.Json;

namespace BuildData.Values;

/// <summary>Copies JSON values of callers before they are stored.</summary>
internal static class JsonCopy
{
    /// <summary>
    /// Returns a checked copy of a JSON value. The copy is needed because the value may belong to a document whose memory is used again
    /// later. The check is needed because that document may have been parsed with options that allow comments or trailing commas. The store
    /// parses JSON without these options.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="description">Describes the value in the message of the exception, such as <c>property value</c>.</param>
    /// <param name="parameter">The name of the argument.</param>
    /// <exception cref="ArgumentException">The value is not valid JSON, or has too many levels.</exception>
    public static JsonElement Create(JsonElement value, string description, string parameter)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
                value.WriteTo(writer);
            return JsonElement.Parse(buffer.WrittenSpan);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"The {description} '{value.GetRawText()}' is not valid JSON: {error.Message}", parameter, error);
        }
    }
}
