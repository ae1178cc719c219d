using System.Globalization;
using System.Text;

namespace BuildData.Analyzers.Paths;

/// <summary>Decodes percent-encoded text.</summary>
internal static class PercentEncoding
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the decoded text; null if a <c>%</c> is not followed by two hexadecimal digits, or if the bytes are not UTF-8.</summary>
    public static string? TryDecode(string encoded)
    {
        if (encoded.IndexOf('%') < 0)
            return encoded;

        var decoded = new StringBuilder(encoded.Length);
        var bytes = new List<byte>();
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                decoded.Append(encoded[i]);
                continue;
            }

            // Characters outside ASCII are several encoded bytes in a row, which are decoded together.
            bytes.Clear();
            for (; i < encoded.Length && encoded[i] == '%'; i += 3)
            {
                if (i + 2 >= encoded.Length || !byte.TryParse(encoded.Substring(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                    return null;
                bytes.Add(value);
            }

            i--;
            try
            {
                decoded.Append(StrictUtf8.GetString([.. bytes]));
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }

        return decoded.ToString();
    }
}
