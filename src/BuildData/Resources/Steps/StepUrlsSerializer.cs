using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Resources.Steps;

/// <summary>
/// Converts a step's links to and from the text in the database: a JSON array of objects with a name and a URL. The text is null for a step
/// without links.
/// </summary>
internal static class StepUrlsSerializer
{
    private const int StackBytes = 1024;

    public static string Write(IReadOnlyList<StepUrl> urls) =>
        JsonSerializer.Serialize(urls, BuildDataJsonContext.Default.IReadOnlyListStepUrl);

    /// <summary>
    /// Parses the text that <see cref="Write"/> returns. Reads single JSON tokens for speed, because a query calls this method for every
    /// step.
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
