using System.Buffers;
using System.Globalization;
using System.Text;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>Converts inputs to lines of a corpus file, and to texts.</summary>
internal static class InputText
{
    /// <summary>Returns an input as one line of printable ASCII. Other bytes become <c>\xHH</c>, and a backslash is doubled.</summary>
    public static string Format(ReadOnlySpan<byte> input)
    {
        var line = new StringBuilder(input.Length);
        for (int i = 0; i < input.Length; i++)
        {
            byte b = input[i];

            // Editors remove a blank at the end of a line, and an empty line would be lost.
            bool isPrintable = b is > (byte)' ' and < 0x7F || (b == ' ' && i < input.Length - 1);
            if (b == '\\')
                line.Append(@"\\");
            else if (isPrintable)
                line.Append((char)b);
            else
                line.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        }

        return line.Length == 0 ? @"\e" : line.ToString();
    }

    /// <summary>Converts a line of <see cref="Format"/> back.</summary>
    public static byte[] Parse(string line)
    {
        if (line == @"\e")
            return [];
        var input = new List<byte>(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                input.Add((byte)line[i]);
            }
            else if (line[i + 1] == '\\')
            {
                input.Add((byte)'\\');
                i++;
            }
            else
            {
                input.Add(byte.Parse(line.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 3;
            }
        }

        return [.. input];
    }

    /// <summary>
    /// Returns an input as UTF-16. All texts can come from inputs, also those that are not well formed: three bytes that would be a surrogate become this
    /// surrogate, and any other invalid byte becomes the character with its number.
    /// </summary>
    public static string ToUtf16(ReadOnlySpan<byte> input)
    {
        var text = new StringBuilder(input.Length);
        Span<char> chars = stackalloc char[2];
        while (!input.IsEmpty)
        {
            int length = 1;
            if (Rune.DecodeFromUtf8(input, out Rune rune, out int consumed) == OperationStatus.Done)
            {
                text.Append(chars[..rune.EncodeToUtf16(chars)]);
                length = consumed;
            }
            else if (input is [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..])
            {
                text.Append((char)(0xD000 | ((input[1] & 0x3F) << 6) | (input[2] & 0x3F)));
                length = 3;
            }
            else
            {
                text.Append((char)input[0]);
            }

            input = input[length..];
        }

        return text.ToString();
    }

    /// <summary>Returns the input that <see cref="ToUtf16"/> converts to a text.</summary>
    public static byte[] FromUtf16(string text)
    {
        var input = new List<byte>(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int consumed) == OperationStatus.Done)
                input.AddRange(bytes[..rune.EncodeToUtf8(bytes)]);
            else
                input.AddRange([(byte)(0xE0 | (rest[0] >> 12)), (byte)(0x80 | ((rest[0] >> 6) & 0x3F)), (byte)(0x80 | (rest[0] & 0x3F))]);
            rest = rest[consumed..];
        }

        return [.. input];
    }
}
