using System.Buffers;
using System.Text;

namespace BuildData.PostgreSql.Text;

/// <summary>Encodes the character U+0000 in texts, because PostgreSQL refuses to store it.</summary>
/// <remarks>
/// <para>
/// Each of the characters U+0000 to U+0003 is replaced by three characters. The first one is the mark U+0001. The other two are
/// binary digits: U+0002 for 0 and U+0003 for 1. All other characters stay unchanged.
/// </para>
/// <para>
/// Encoded texts sort in the same order as the original texts. One encoded text contains another encoded text if, and only if, the first
/// original text contains the second.
/// </para>
/// </remarks>
internal static class NullCharacterEncoding
{
    private const char Mark = '\u0001';
    private const char Digit0 = '\u0002';
    private const char Digit1 = '\u0003';

    private static readonly SearchValues<char> Special = SearchValues.Create('\0', Mark, Digit0, Digit1);

    /// <summary>Returns the encoded form of a text, which the database stores.</summary>
    public static string Encode(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
            return text;

        var encoded = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\0' => encoded.Append(Mark).Append(Digit0).Append(Digit0),
                Mark => encoded.Append(Mark).Append(Digit0).Append(Digit1),
                Digit0 => encoded.Append(Mark).Append(Digit1).Append(Digit0),
                Digit1 => encoded.Append(Mark).Append(Digit1).Append(Digit1),
                _ => encoded.Append(c),
            };
        }

        return encoded.ToString();
    }

    /// <summary>Returns the original of a text that <see cref="Encode"/> has returned.</summary>
    public static string Decode(string stored)
    {
        if (!stored.Contains(Mark, StringComparison.Ordinal))
            return stored;

        var text = new StringBuilder(stored.Length);
        for (int i = 0; i < stored.Length; i++)
        {
            if (stored[i] != Mark)
            {
                text.Append(stored[i]);
                continue;
            }

            text.Append((stored[i + 1], stored[i + 2]) switch
            {
                (Digit0, Digit0) => '\0',
                (Digit0, _) => Mark,
                (_, Digit0) => Digit0,
                _ => Digit1,
            });
            i += 2;
        }

        return text.ToString();
    }
}
