using System.Buffers;
using System.Globalization;
using System.Text;
using BuildData.Values;

namespace BuildData.Paths;

/// <summary>Percent-encoding as paths and query strings have it (RFC 3986, UTF-8).</summary>
internal static class PathEncoding
{
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>Encodes the <c>-</c> that encoded text begins with, if it does: an order is descending by one that is not encoded.</summary>
    public static string EncodeSign(string encoded) => encoded.StartsWith('-') ? "%2D" + encoded[1..] : encoded;

    /// <summary>Encodes all of text that is encoded where it has to be: no word of the query string's syntax is left in it.</summary>
    public static string EncodeWhole(string encoded)
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

    /// <summary>A segment that names a resource by id or else by name.</summary>
    public static string Segment(long? id, string? name) =>
        name is null ? (id ?? 0).ToString(CultureInfo.InvariantCulture) : Encode(name);

    /// <summary>
    /// Decodes percent-encoding, and in a query string <c>+</c> to a space as forms have it. False where a <c>%</c> is not
    /// followed by two hexadecimal digits or the bytes are not UTF-8.
    /// </summary>
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
