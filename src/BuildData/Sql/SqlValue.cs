using System.Diagnostics.CodeAnalysis;
using BuildData.Values;

namespace BuildData.Stores;

/// <summary>
/// Represents the value of a parameter in an SQL statement. The value is an integer, a text, bytes or null.
/// </summary>
/// <remarks>
/// A time is stored as the number of microseconds since 1970. A Boolean is stored as 0 or 1. A <see cref="BuildResult"/> is stored as its
/// number. JSON is stored as text.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public readonly struct SqlValue
{
    private readonly object? _content;

    private SqlValue(SqlValueKind kind, long number, object? content)
    {
        Kind = kind;
        Number = number;
        _content = content;
    }

    /// <summary>Gets the kind of the value.</summary>
    public SqlValueKind Kind { get; }

    /// <summary>Gets the number; 0 if the value is not a number.</summary>
    public long Number { get; }

    /// <summary>Gets the text; null if the value is not text.</summary>
    public string? Text => _content as string;

    /// <summary>Gets the bytes; empty if the value is not bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _content as byte[];

    /// <summary>Creates a value from bytes. The bytes must not change afterwards.</summary>
    public static SqlValue FromBytes(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new SqlValue(SqlValueKind.Bytes, 0, bytes);
    }

#pragma warning disable CA2225 // A value that is not null is created only by these conversions, and each of them has a single meaning.
    /// <summary>Converts a number.</summary>
    public static implicit operator SqlValue(long value) => new(SqlValueKind.Number, value, null);

    /// <summary>Converts a number or null.</summary>
    public static implicit operator SqlValue(long? value) => value is { } number ? number : default(SqlValue);

    /// <summary>Converts a Boolean to 1 or 0.</summary>
    public static implicit operator SqlValue(bool value) => value ? 1 : 0;

    /// <summary>Converts a text or null.</summary>
    public static implicit operator SqlValue(string? value) => value is null ? default : new(SqlValueKind.Text, 0, value);

    /// <summary>Converts a result code to its number.</summary>
    public static implicit operator SqlValue(BuildResult value) => (long)value;

    /// <summary>Converts a result code to its number, or null.</summary>
    public static implicit operator SqlValue(BuildResult? value) => (long?)value;

    /// <summary>Converts a time to microseconds since 1970.</summary>
    public static implicit operator SqlValue(DateTimeOffset value) => Timestamp.ToMicroseconds(value);

    /// <summary>Converts a time to microseconds since 1970, or null.</summary>
    public static implicit operator SqlValue(DateTimeOffset? value) => value is { } time ? time : default(SqlValue);
#pragma warning restore CA2225
}
