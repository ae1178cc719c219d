using System.Buffers.Binary;

namespace BuildData.AspNetCore.Live;

/// <summary>Writes the header of a text message from a server (RFC 6455). Such a message has no mask, so all sockets can receive the same bytes.</summary>
internal static class WebSocketFrame
{
    public const int LongestHeader = 10;

    private const byte FinalText = 0x81;

    /// <summary>Writes the header, and returns its length.</summary>
    public static int WriteHeader(Span<byte> header, int payloadLength)
    {
        header[0] = FinalText;
        if (payloadLength < 126)
        {
            header[1] = (byte)payloadLength;
            return 2;
        }

        if (payloadLength <= ushort.MaxValue)
        {
            header[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payloadLength);
            return 4;
        }

        header[1] = 127;
        BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payloadLength);
        return LongestHeader;
    }
}
