using System.Globalization;
using System.Numerics;
using System.Text;

namespace BuildData.Resources.Logs;

/// <summary>Makes the slug of a log, which identifies the log in paths, from the log's name. Lengths are in Unicode code points.</summary>
internal static class LogSlug
{
    private const int MaxLength = 50;

    /// <summary>
    /// Returns the slug of a name. A name that is an identifier without dots is its own slug. Otherwise the name is cut to 50 code points, and
    /// each code point that is not an ASCII letter or digit, <c>_</c> or <c>-</c> becomes <c>_</c>, a digit at the beginning too.
    /// </summary>
    public static string FromName(string name)
    {
        if (Identifier.IsValid(name) && !name.Contains('.', StringComparison.Ordinal))
            return name;

        var slug = new StringBuilder(MaxLength);
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (slug.Length == MaxLength)
                break;
            bool isKept = rune.IsAscii && (char.IsAsciiLetter((char)rune.Value) || rune.Value is '_' or '-' || (char.IsAsciiDigit((char)rune.Value) && slug.Length > 0));
            slug.Append(isKept ? (char)rune.Value : '_');
        }

        return slug.ToString();
    }

    /// <summary>
    /// Returns the slugs to try if the slug is in use: <c>stdio_2</c>, <c>stdio_3</c> and so on after <c>stdio</c>, and <c>x_6</c> after
    /// <c>x_5</c>. The part before the number is cut so that the whole has at most 50 code points.
    /// </summary>
    /// <param name="slug">The slug.</param>
    /// <param name="offset">The position in the sequence, from 0.</param>
    public static string Next(string slug, long offset)
    {
        int digits = slug.Length;
        while (digits > 0 && char.IsAsciiDigit(slug[digits - 1]))
            digits--;
        bool hasNumber = digits > 0 && digits < slug.Length && slug[digits - 1] == '_';
        string start = hasNumber ? slug[..(digits - 1)] : slug;
        BigInteger number = hasNumber ? BigInteger.Parse(slug.AsSpan(digits), NumberStyles.None, CultureInfo.InvariantCulture) + 1 : 2;
        string suffix = "_" + (number + offset).ToString(CultureInfo.InvariantCulture);
        return Identifier.Truncate(start, MaxLength - suffix.Length) + suffix;
    }
}
