using System.Globalization;
using System.Text;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>Changes inputs at random: bytes, numbers, words, repetitions, and parts of other inputs.</summary>
/// <param name="random">The random numbers.</param>
/// <param name="words">Texts that inputs often contain.</param>
internal sealed class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int MaxLength = 4096;

    private static readonly byte[] SpecialBytes = [0, (byte)'\n', (byte)'\r', (byte)'"', (byte)'%', (byte)'&', (byte)'*', (byte)'+', (byte)'-', (byte)'/', (byte)'=', (byte)'?', (byte)'[', (byte)'\\', (byte)']', (byte)'{', 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF];

    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "2147483647", "2147483648", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "1e308", "1e-400", "1e999", "0.1", "253402300800", "-62135596801", "79228162514264337593543950336",
    ];

    private readonly byte[][] _words = [.. words.Select(InputText.FromUtf16)];

    /// <summary>Returns a changed copy of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="other">Another input, from which parts can be taken.</param>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (int left = 1 << random.Next(5); left > 0; left--)
            MutateOnce(bytes, other);
        if (bytes.Count > MaxLength)
            bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, byte[] other)
    {
        int at = random.Next(bytes.Count + 1);
        switch (random.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = SpecialBytes[random.Next(SpecialBytes.Length)];
                break;
            case 3:
                bytes.Insert(at, SpecialBytes[random.Next(SpecialBytes.Length)]);
                break;
            case 4 or 5 when at < bytes.Count:
                bytes.RemoveRange(at, Length(bytes.Count - at));
                break;
            case 6 when at < bytes.Count:
                Repeat(bytes, at);
                break;
            case 7 when other.Length > 0:
                int from = random.Next(other.Length);
                Put(bytes, at, other.AsSpan(from, Length(other.Length - from)).ToArray());
                break;
            case 8:
                ReplaceNumber(bytes, at);
                break;
            case 9 when at < bytes.Count:
                Put(bytes, at, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"%{bytes[at]:X2}")));
                break;
            default:
                if (_words.Length > 0)
                    Put(bytes, at, _words[random.Next(_words.Length)]);
                break;
        }
    }

    // Short parts are more useful than long ones.
    private int Length(int max) => random.Next(3) == 0 ? 1 + random.Next(max) : 1 + random.Next(Math.Min(max, 8));

    private void Put(List<byte> bytes, int at, byte[] part)
    {
        if (random.Next(2) == 0)
            bytes.RemoveRange(at, Math.Min(part.Length, bytes.Count - at));
        bytes.InsertRange(at, part);
    }

    private void Repeat(List<byte> bytes, int at)
    {
        byte[] part = [.. bytes.GetRange(at, Length(bytes.Count - at))];
        int times = random.Next(4) == 0 ? 1 + random.Next(200) : 1 + random.Next(3);
        for (; times > 0 && bytes.Count < MaxLength; times--)
            bytes.InsertRange(at, part);
    }

    private void ReplaceNumber(List<byte> bytes, int at)
    {
        int start = bytes.FindIndex(Math.Min(at, bytes.Count), b => char.IsAsciiDigit((char)b));
        if (start < 0)
            start = at;
        int end = start;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end]))
            end++;
        string number = random.Next(3) == 0 ? random.Next(12).ToString(CultureInfo.InvariantCulture) : Numbers[random.Next(Numbers.Length)];
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.ASCII.GetBytes(number));
    }
}
