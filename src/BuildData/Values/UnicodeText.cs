using System.Buffers;
using System.Text;

namespace BuildData.Values;

/// <summary>Checks that text is valid Unicode before it is stored.</summary>
internal static class UnicodeText
{
    /// <summary>
    /// Checks that text is valid Unicode: each surrogate must be part of a pair. If a store accepted invalid text, it could not return the
    /// text unchanged.
    /// </summary>
    /// <exception cref="ArgumentException">The text is null, or has a surrogate without its pair.</exception>
    public static void Check(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        int bad = IndexOfLoneSurrogate(text);
        if (bad >= 0)
            throw new ArgumentException($"The text has half of a surrogate pair at index {bad}, so it is not valid Unicode.", parameter);
    }

    /// <summary>Checks text like <see cref="Check"/>, but accepts null.</summary>
    public static void CheckOptional(string? text, string parameter)
    {
        if (text is not null)
            Check(text, parameter);
    }

    /// <summary>Returns the index of the first surrogate that is not part of a pair; -1 if there is none.</summary>
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
