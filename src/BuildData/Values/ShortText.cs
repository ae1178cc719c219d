namespace BuildData.Values;

/// <summary>Shortens text that may come from anybody, so that an error message stays readable, however long the text is.</summary>
internal static class ShortText
{
    private const int MaxLength = 200;

    /// <summary>Returns a text of at most 200 characters unchanged. Returns the beginning of a longer text, followed by <c>…</c>.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        if (text.Length <= MaxLength)
            return text.ToString();

        // A surrogate pair is not split.
        int length = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return string.Concat(text[..length], "…");
    }
}
