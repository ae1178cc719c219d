namespace BuildData.Stores;

/// <summary>
/// A value on its way into a statement. Columns hold whole numbers and text only, so that stores need not differ: times
/// are microseconds since 1970, flags are 0 and 1, result codes are their numbers, JSON is text.
/// </summary>
internal readonly struct SqlValue
{
    private SqlValue(SqlValueKind kind, long integer, string? text)
    {
        Kind = kind;
        Integer = integer;
        Text = text;
    }

    public SqlValueKind Kind { get; }

    public long Integer { get; }

    public string? Text { get; }

    public static implicit operator SqlValue(long value) => new(SqlValueKind.Integer, value, null);

    public static implicit operator SqlValue(long? value) => value is { } number ? number : default(SqlValue);

    public static implicit operator SqlValue(bool value) => value ? 1 : 0;

    public static implicit operator SqlValue(string? value) => value is null ? default : new(SqlValueKind.Text, 0, value);

    public static implicit operator SqlValue(BuildResult value) => (long)value;

    public static implicit operator SqlValue(BuildResult? value) => (long?)value;

    public static implicit operator SqlValue(DateTimeOffset value) => Timestamp.ToMicroseconds(value);

    public static implicit operator SqlValue(DateTimeOffset? value) => value is { } time ? time : default(SqlValue);
}
