using BuildData.Values;

namespace BuildData.Stores;

/// <summary>
/// A value on its way into a statement. Columns hold whole numbers and text only, so that stores need not differ: times
/// are microseconds since 1970, flags are 0 and 1, result codes are their numbers, JSON is text.
/// </summary>
public readonly struct SqlValue
{
    private SqlValue(SqlValueKind kind, long number, string? text)
    {
        Kind = kind;
        Number = number;
        Text = text;
    }

    /// <summary>What it is.</summary>
    public SqlValueKind Kind { get; }

    /// <summary>The number; 0 if it is none.</summary>
    public long Number { get; }

    /// <summary>The text; null if it is none.</summary>
    public string? Text { get; }

#pragma warning disable CA2225 // The conversions are the way to make one; each has a single meaning.
    /// <summary>A number.</summary>
    public static implicit operator SqlValue(long value) => new(SqlValueKind.Number, value, null);

    /// <summary>A number, or null.</summary>
    public static implicit operator SqlValue(long? value) => value is { } number ? number : default(SqlValue);

    /// <summary>A flag: 1 or 0.</summary>
    public static implicit operator SqlValue(bool value) => value ? 1 : 0;

    /// <summary>A text, or null.</summary>
    public static implicit operator SqlValue(string? value) => value is null ? default : new(SqlValueKind.Text, 0, value);

    /// <summary>A result code: its number.</summary>
    public static implicit operator SqlValue(BuildResult value) => (long)value;

    /// <summary>A result code, or null.</summary>
    public static implicit operator SqlValue(BuildResult? value) => (long?)value;

    /// <summary>A time: microseconds since 1970.</summary>
    public static implicit operator SqlValue(DateTimeOffset value) => Timestamp.ToMicroseconds(value);

    /// <summary>A time, or null.</summary>
    public static implicit operator SqlValue(DateTimeOffset? value) => value is { } time ? time : default(SqlValue);
#pragma warning restore CA2225
}
