using System.Buffers;
using System.Text;

namespace BuildData.Values;

/// <summary>Checks text that is stored.</summary>
internal static class UnicodeText
{
    /// <summary>Checks that text is well-formed. Half of a surrogate pair can't be stored and read back unchanged.</summary>
    public static void Check(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        int bad = IndexOfLoneSurrogate(text);
        if (bad >= 0)
            throw new ArgumentException($"The text has half of a surrogate pair at index {bad}, so it is not valid Unicode.", parameter);
    }

    public static void CheckOptional(string? text, string parameter)
    {
        if (text is not null)
            Check(text, parameter);
    }

    public static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        int position = 0;
        while (true)
        {
            int next = text[position..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
                return -1;

            position += next;
            if (Rune.DecodeFromUtf16(text[position..], out _, out int consumed) != OperationStatus.Done)
                return position;
            position += consumed;
        }
    }
}
