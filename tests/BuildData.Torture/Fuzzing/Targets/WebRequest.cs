using System.Globalization;
using System.Text;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>A request that an input describes.</summary>
/// <param name="Head">What is sent first: a head, or a whole request.</param>
/// <param name="Body">What is sent then.</param>
/// <param name="EndsAtOnce">Whether the client ends its half of the connection then. A server takes this for a client that has gone.</param>
internal sealed record WebRequest(byte[] Head, byte[] Body, bool EndsAtOnce = false)
{
    private const byte LineEnd = (byte)'\n';

    // Between the messages of a WebSocket.
    private const byte MessageEnd = 1;

    // FIN and "close", masked with zeros, without a status.
    private static readonly byte[] Close = [0x88, 0x80, 0, 0, 0, 0];

    /// <summary>Creates the request of an input: its kind, the target, a header and the body. See <see cref="HttpTarget"/>.</summary>
    public static WebRequest Create(byte[] input)
    {
        ReadOnlySpan<byte> rest = input.AsSpan(1);
        if (input[0] == (byte)'r')
            return new WebRequest(rest.ToArray(), [], EndsAtOnce: true);

        byte[] target = Target(Take(ref rest));
        byte[] header = Header(Take(ref rest));
        return (char)input[0] switch
        {
            'p' => new WebRequest(Lines("POST", target, header, string.Create(CultureInfo.InvariantCulture, $"Connection: close\r\nContent-Type: application/json\r\nContent-Length: {rest.Length}\r\n")), rest.ToArray()),
            'w' => new WebRequest(Lines("GET", target, header, Upgrade), [.. Frames(rest), .. Close]),
            'x' => new WebRequest(Lines("GET", target, header, Upgrade), [.. rest, .. Close], EndsAtOnce: true),
            _ => new WebRequest(Lines("GET", target, header, "Connection: close\r\n"), []),
        };
    }

    private static string Upgrade => "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf(LineEnd);
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line;
    }

    // A target with other characters never reaches the library.
    private static byte[] Target(ReadOnlySpan<byte> line)
    {
        var target = new StringBuilder();
        foreach (byte b in line)
        {
            if (b is > (byte)' ' and < 0x7F)
                target.Append((char)b);
            else
                target.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return Encoding.ASCII.GetBytes(target.Length > 0 && target[0] == '/' ? target.ToString() : "/" + target);
    }

    private static byte[] Header(ReadOnlySpan<byte> line)
    {
        byte[] header = [.. line.ToArray().Where(b => b is not (0 or (byte)'\r'))];
        return header.AsSpan().IndexOf((byte)':') > 0 ? [.. header, (byte)'\r', LineEnd] : [];
    }

    private static byte[] Lines(string method, byte[] target, byte[] header, string headers) =>
        [.. Encoding.ASCII.GetBytes(method + " "), .. target, .. Encoding.ASCII.GetBytes(" HTTP/1.1\r\nHost: localhost\r\n" + headers), .. header, .. "\r\n"u8];

    private static byte[] Frames(ReadOnlySpan<byte> messages)
    {
        var frames = new List<byte>();
        foreach (Range range in messages.Split(MessageEnd))
        {
            ReadOnlySpan<byte> message = messages[range];
            frames.Add(0x81);
            if (message.Length < 126)
                frames.Add((byte)(0x80 | message.Length));
            else
                frames.AddRange([0x80 | 126, (byte)(message.Length >> 8), (byte)message.Length]);
            frames.AddRange([0, 0, 0, 0]);
            frames.AddRange(message);
        }

        return [.. frames];
    }
}
