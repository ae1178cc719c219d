using System.Text;

namespace BuildData;

/// <summary>
/// Checks and creates identifiers. The names of steps and workers must be identifiers. The first character is a letter, <c>_</c> or
/// <c>-</c>. All other characters are letters, digits, <c>.</c>, <c>_</c> or <c>-</c>. Letters are a–z, A–Z and all characters from U+00A0.
/// Lengths are in Unicode code points.
/// </summary>
public static class Identifier
{
    /// <summary>The maximum length of the name of a step or a worker, in code points.</summary>
    public const int MaxLength = 50;

    /// <summary>Returns whether <paramref name="text"/> is an identifier of at most <paramref name="maxLength"/> code points.</summary>
    public static bool IsValid(string text, int maxLength = MaxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsValid(text.AsSpan(), maxLength);
    }

    /// <summary>
    /// Converts any text to an identifier. Each invalid character becomes <c>_</c>. A digit or a dot at the beginning gets a <c>_</c> in
    /// front. Longer text is cut to <paramref name="maxLength"/> code points. Empty text becomes <c>_</c>. Text that is already an
    /// identifier of at most <paramref name="maxLength"/> code points is returned unchanged.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public static string Coerce(string text, int maxLength = MaxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);

        var name = new StringBuilder(text.Length + 1);
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (length == maxLength)
                break;
            if (length == 0 && !CanStart(rune) && CanContinue(rune))
            {
                name.Append('_');
                if (++length == maxLength)
                    break;
            }

            name.Append(CanContinue(rune) ? rune.ToString() : "_");
            length++;
        }

        return length == 0 ? "_" : name.ToString();
    }

    internal static bool IsValid(ReadOnlySpan<char> text, int maxLength)
    {
        int length = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
                return false;
            if (length == 0 ? !CanStart(rune) : !CanContinue(rune))
                return false;
            if (++length > maxLength)
                return false;
            text = text[consumed..];
        }

        return length > 0;
    }

    /// <summary>Checks that an argument is an identifier of at most <see cref="MaxLength"/> code points.</summary>
    /// <exception cref="ArgumentException">The text is not such an identifier.</exception>
    internal static void Check(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        if (!IsValid(text.AsSpan(), MaxLength))
        {
            throw new ArgumentException(
                $"'{text}' is not an identifier of at most {MaxLength} characters (a letter, '_' or '-', then letters, digits, '.', '_', '-'). A similar identifier is '{Coerce(text)}'.",
                parameter);
        }
    }

    /// <summary>Returns the first <paramref name="length"/> code points of an identifier. A shorter identifier is returned unchanged.</summary>
    internal static string Truncate(string identifier, int length)
    {
        if (identifier.Length <= length)
            return identifier;

        int end = 0;
        foreach (Rune rune in identifier.EnumerateRunes())
        {
            if (length-- == 0)
                break;
            end += rune.Utf16SequenceLength;
        }

        return identifier[..end];
    }

    private static bool CanStart(Rune rune) =>
        rune.Value is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' or '-' or >= 0xA0;

    private static bool CanContinue(Rune rune) =>
        CanStart(rune) || rune.Value is (>= '0' and <= '9') or '.';
}
