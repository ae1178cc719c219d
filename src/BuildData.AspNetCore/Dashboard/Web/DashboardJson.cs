using System.Buffers;
using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Dashboard.Web;

/// <summary>Writes small JSON objects.</summary>
internal static class DashboardJson
{
    /// <summary>Returns a JSON object.</summary>
    /// <param name="write">Writes its members.</param>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, ApiJson.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return text.WrittenSpan.ToArray();
    }
}
