using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Resources.Steps;

/// <summary>
/// Converts the links of a step to JSON, and converts the JSON back to links. The JSON is an array of objects. Each object has a name and a
/// URL. For a step without links, the database stores null.
/// </summary>
internal static class StepUrlsSerializer
{
    private const int StackBytes = 1024;

    public static string Write(IReadOnlyList<StepUrl> urls) =>
        JsonSerializer.Serialize(urls, BuildDataJsonContext.Default.IReadOnlyListStepUrl);

    /// <summary>
    /// Parses the JSON that <see cref="Write"/> returns. Returns an empty list if the text is null.
    /// </summary>
    public static IReadOnlyList<StepUrl> Read(string? text)
    {
        if (text is null)
            return [];

        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > StackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[StackBytes];
        try
        {
            return Read(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static EquatableList<StepUrl> Read(ReadOnlySpan<byte> json)
    {
        // Every query of steps runs this code. Reading single tokens is faster than JsonSerializer.
        var reader = new Utf8JsonReader(json);
        StepUrl[] urls = [];
        string name = "";
        string url = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    bool isName = reader.ValueTextEquals("name"u8);
                    reader.Read();
                    if (isName)
                        name = reader.GetString()!;
                    else
                        url = reader.GetString()!;
                    break;
                case JsonTokenType.EndObject:
                    Array.Resize(ref urls, urls.Length + 1);
                    urls[^1] = new StepUrl(name, url);
                    break;
            }
        }

        return new EquatableList<StepUrl>(urls);
    }
}
