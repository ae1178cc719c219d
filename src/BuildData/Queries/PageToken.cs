using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Converts the position of a page in the result of a query to an opaque text, and back. The position consists of the values of the order
/// terms in the last resource of the page.
/// </summary>
/// <remarks>
/// The text ends with a checksum of the position and the query. So a text that was altered, or that belongs to another query, is refused. The
/// checksum is no protection against forgery: a forged position only selects another part of the result, which the caller may read anyway.
/// </remarks>
internal static class PageToken
{
    private const byte Version = 1;
    private const int ChecksumLength = 8;

    /// <summary>Creates a text from a position.</summary>
    /// <param name="position">The values of the order terms.</param>
    /// <param name="query">Identifies the query: its path, filters and order.</param>
    public static string Create(IReadOnlyList<SqlValue> position, string query)
    {
        using var bytes = new MemoryStream();
        bytes.WriteByte(Version);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (SqlValue value in position)
        {
            bytes.WriteByte((byte)value.Kind);
            switch (value.Kind)
            {
                case SqlValueKind.Number:
                    BinaryPrimitives.WriteInt64LittleEndian(number, value.Number);
                    bytes.Write(number);
                    break;
                case SqlValueKind.Text:
                    byte[] text = Encoding.UTF8.GetBytes(value.Text!);
                    BinaryPrimitives.WriteInt32LittleEndian(number, text.Length);
                    bytes.Write(number[..sizeof(int)]);
                    bytes.Write(text);
                    break;
            }
        }

        bytes.Write(Checksum(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), query));
        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Converts a text to the position from which it was created.</summary>
    /// <param name="token">The text.</param>
    /// <param name="query">Identifies the query: its path, filters and order.</param>
    /// <param name="order">The order terms.</param>
    /// <exception cref="InvalidQueryException">The text was altered, or belongs to another query.</exception>
    public static IReadOnlyList<SqlValue> Parse(string token, string query, IReadOnlyList<OrderTerm> order)
    {
        if (!Base64Url.IsValid(token))
            throw Invalid();
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= ChecksumLength || bytes[0] != Version)
            throw Invalid();

        ReadOnlySpan<byte> content = bytes[..^ChecksumLength];
        if (!Checksum(content, query).AsSpan().SequenceEqual(bytes[^ChecksumLength..]))
            throw Invalid();

        content = content[1..];
        var position = new List<SqlValue>(order.Count);
        while (!content.IsEmpty)
            position.Add(ReadValue(ref content));
        return position.Count == order.Count && position.Zip(order).All(pair => CanContain(pair.Second.Field, pair.First.Kind)) ? position : throw Invalid();
    }

    // A forged position can have values of other types, which a database would refuse to compare.
    private static bool CanContain(Field field, SqlValueKind kind) =>
        kind == SqlValueKind.Null ? field.IsNullable : (kind == SqlValueKind.Text) == (field.Type == FieldType.Text);

    private static SqlValue ReadValue(ref ReadOnlySpan<byte> content)
    {
        var kind = (SqlValueKind)content[0];
        content = content[1..];
        switch (kind)
        {
            case SqlValueKind.Null:
                return default;
            case SqlValueKind.Number when content.Length >= sizeof(long):
                long number = BinaryPrimitives.ReadInt64LittleEndian(content);
                content = content[sizeof(long)..];
                return number;
            case SqlValueKind.Text when content.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(content) is >= 0 and var length && length <= content.Length - sizeof(int):
                string text = Encoding.UTF8.GetString(content.Slice(sizeof(int), length));
                content = content[(sizeof(int) + length)..];
                return text;
            default:
                throw Invalid();
        }
    }

    private static byte[] Checksum(ReadOnlySpan<byte> content, string query)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        hash.AppendData(Encoding.UTF8.GetBytes(query));
        return hash.GetHashAndReset()[..ChecksumLength];
    }

    private static InvalidQueryException Invalid() =>
        new("after", "the text is not the 'Next' of a page of this query. Pass it unchanged, with the same path, filters and order.");
}
