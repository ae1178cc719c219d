using System.Buffers;
using System.Globalization;
using System.Text;
using BuildData.Values;

namespace BuildData.Paths;

/// <summary>Encodes and decodes the percent-encoding of paths and query strings (RFC 3986, UTF-8).</summary>
internal static class PathEncoding
{
    /// <summary>Percent-encodes all characters of a text except letters, digits, <c>-</c>, <c>.</c>, <c>_</c> and <c>~</c>.</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>
    /// Percent-encodes a <c>-</c> at the beginning of a text that <see cref="Encode"/> has returned. In <c>order=-number</c>, a plain
    /// <c>-</c> means descending order. An encoded <c>-</c> is part of the field's name.
    /// </summary>
    public static string EncodeFieldName(string encoded) => encoded.StartsWith('-') ? "%2D" + encoded[1..] : encoded;

    /// <summary>
    /// Percent-encodes the characters that <see cref="Encode"/> does not encode, such as letters. If the text is <c>limit</c>, the query
    /// string parser then treats it as the name of a field, not as the parameter <c>limit</c>.
    /// </summary>
    public static string EncodeReservedName(string encoded)
    {
        var whole = new StringBuilder(3 * encoded.Length);
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%')
            {
                whole.Append(encoded, i, 3);
                i += 2;
            }
            else
            {
                whole.Append(CultureInfo.InvariantCulture, $"%{(int)encoded[i]:X2}");
            }
        }

        return whole.ToString();
    }

    /// <summary>Returns the path segment that identifies a resource: the encoded name, or the id if <paramref name="name"/> is null.</summary>
    public static string EncodeSegment(long? id, string? name) =>
        name is null ? (id ?? 0).ToString(CultureInfo.InvariantCulture) : Encode(name);

    /// <summary>
    /// Decodes percent-encoded text.
    /// </summary>
    /// <param name="encoded">The text.</param>
    /// <param name="plusIsSpace">Whether <c>+</c> stands for a space, as in the query strings of HTML forms.</param>
    /// <param name="decoded">The decoded text.</param>
    /// <returns>False if a <c>%</c> is not followed by two hexadecimal digits, or if the decoded text is not valid Unicode.</returns>
    public static bool TryDecode(ReadOnlySpan<char> encoded, bool plusIsSpace, out string decoded)
    {
        decoded = "";
        if (!encoded.Contains('%') && !(plusIsSpace && encoded.Contains('+')))
        {
            decoded = encoded.ToString();
            return UnicodeText.IndexOfLoneSurrogate(encoded) < 0;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(encoded.Length));
        try
        {
            int length = 0;
            while (!encoded.IsEmpty)
            {
                char first = encoded[0];
                if (first == '%')
                {
                    if (encoded.Length < 3 || !char.IsAsciiHexDigit(encoded[1]) || !char.IsAsciiHexDigit(encoded[2]))
                        return false;
                    bytes[length++] = byte.Parse(encoded[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    encoded = encoded[3..];
                }
                else if (first == '+' && plusIsSpace)
                {
                    bytes[length++] = (byte)' ';
                    encoded = encoded[1..];
                }
                else
                {
                    if (Rune.DecodeFromUtf16(encoded, out Rune rune, out int consumed) != OperationStatus.Done)
                        return false;
                    length += rune.EncodeToUtf8(bytes.AsSpan(length));
                    encoded = encoded[consumed..];
                }
            }

            decoded = StrictUtf8.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
