using System.Buffers;
using System.Text;

namespace BuildData.PostgreSql.Text;

/// <summary>
/// Text as the database can hold it: PostgreSQL refuses U+0000. It becomes a mark, U+0001, and two digits, U+0002 or U+0003, and
/// so does each of these three. Texts compare as they did before, and one that contains another still does.
/// </summary>
internal static class TextEncoding
{
    private const char Mark = '\u0001';
    private const char Zero = '\u0002';
    private const char One = '\u0003';

    private static readonly SearchValues<char> Special = SearchValues.Create('\0', Mark, Zero, One);

    public static string Encode(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
            return text;

        var encoded = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\0' => encoded.Append(Mark).Append(Zero).Append(Zero),
                Mark => encoded.Append(Mark).Append(Zero).Append(One),
                Zero => encoded.Append(Mark).Append(One).Append(Zero),
                One => encoded.Append(Mark).Append(One).Append(One),
                _ => encoded.Append(c),
            };
        }

        return encoded.ToString();
    }

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
                (Zero, Zero) => '\0',
                (Zero, _) => Mark,
                (_, Zero) => Zero,
                _ => One,
            });
            i += 2;
        }

        return text.ToString();
    }
}
