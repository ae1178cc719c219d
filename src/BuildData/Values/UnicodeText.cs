using System.Buffers;
using System.Text;

namespace BuildData.Values;

/// <summary>The rules for text that is to be stored and found again exactly.</summary>
internal static class UnicodeText
{
    /// <summary>Refuses text with half a surrogate pair: no store could give it back as it was.</summary>
    public static void Check(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        int bad = IndexOfLoneSurrogate(text);
        if (bad >= 0)
            throw new ArgumentException($"The text has half a surrogate pair at position {bad}, which is no Unicode text.", parameter);
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
