using System.Buffers.Binary;
using System.Text;

namespace BuildData.TestSupport;

/// <summary>Finds the messages in the bytes that a PostgreSQL client sends on one connection.</summary>
/// <remarks>
/// A message is a byte for its type, a length of four bytes that counts itself, and the rest. What begins a connection has no type:
/// a length and a code of four bytes, and the client may ask for encryption, which our servers decline, before it starts.
/// </remarks>
internal sealed class FrontendMessages
{
    /// <summary>Stands for the type of a message that has none.</summary>
    public const char Untyped = '^';

    private const int AskForEncryption = 80877103;
    private const int AskForGssEncryption = 80877104;

    private readonly MemoryStream _message = new();
    private readonly HashSet<string> _statements = new(StringComparer.Ordinal);
    private bool _hasStarted;

    /// <summary>The statements that were sent, as far as they were sent as text.</summary>
    public IReadOnlyCollection<string> Statements => _statements;

    /// <summary>Reads up to the end of the message that has begun.</summary>
    /// <param name="bytes">What the client has sent next.</param>
    /// <param name="type">The type of the message, or null if it does not end here.</param>
    /// <returns>How many of the bytes belong to the message.</returns>
    public int Read(ReadOnlySpan<byte> bytes, out char? type)
    {
        int read = 0;
        while (read < bytes.Length)
        {
            int wanted = Math.Min(Missing(), bytes.Length - read);
            _message.Write(bytes.Slice(read, wanted));
            read += wanted;
            if (Missing() > 0)
                continue;

            type = Take();
            return read;
        }

        type = null;
        return read;
    }

    /// <summary>How many bytes the message needs at least; 0 if it is complete.</summary>
    private int Missing()
    {
        int head = _hasStarted ? 1 : 0;
        if (_message.Length < head + 4)
            return head + 4 - (int)_message.Length;
        int length = head + BinaryPrimitives.ReadInt32BigEndian(Bytes[head..]);
        return length - (int)_message.Length;
    }

    private ReadOnlySpan<byte> Bytes => _message.GetBuffer().AsSpan(0, (int)_message.Length);

    /// <summary>Ends the message and returns its type.</summary>
    private char Take()
    {
        char type = Untyped;
        if (_hasStarted)
        {
            type = (char)Bytes[0];
            if (type is 'Q')
                _statements.Add(Text(5));
            else if (type is 'P')
                _statements.Add(Text(5 + Bytes[5..].IndexOf((byte)0) + 1));
        }
        else
        {
            _hasStarted = BinaryPrimitives.ReadInt32BigEndian(Bytes[4..]) is not (AskForEncryption or AskForGssEncryption);
        }

        _message.SetLength(0);
        return type;
    }

    private string Text(int start)
    {
        ReadOnlySpan<byte> rest = Bytes[start..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
