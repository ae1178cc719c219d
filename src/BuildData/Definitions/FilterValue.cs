using System.Globalization;

namespace BuildData.Queries;

/// <summary>
/// Represents a value with which a filter compares a field. Numbers, flags, text, times, time spans and result codes convert to a filter value
/// implicitly.
/// </summary>
public readonly record struct FilterValue
{
    private FilterValue(object value, bool isUnparsed)
    {
        Content = value;
        IsUnparsed = isUnparsed;
    }

    internal object? Content { get; }

    /// <summary>Gets whether the value is text from a query string. Such text must still be converted to the type of the field.</summary>
    internal bool IsUnparsed { get; }

#pragma warning disable CA2225 // A value is created only by these conversions, and each of them has a single meaning.
    /// <summary>
    /// Converts a whole number. For a field that contains times, the number means seconds since 1970, and matches every time within that
    /// second.
    /// </summary>
    public static implicit operator FilterValue(long value) => new(value, isUnparsed: false);

    /// <summary>Converts a number that need not be whole, for fields such as <c>slowdown</c>.</summary>
    public static implicit operator FilterValue(double value) => new(value, isUnparsed: false);

    /// <summary>Converts a time span, for fields in seconds such as <c>median_duration_s</c>.</summary>
    public static implicit operator FilterValue(TimeSpan value) => new(value, isUnparsed: false);

    /// <summary>Converts a flag, which is true or false.</summary>
    public static implicit operator FilterValue(bool value) => new(value, isUnparsed: false);

    /// <summary>Converts a text.</summary>
    public static implicit operator FilterValue(string value) => new(value, isUnparsed: false);

    /// <summary>Converts a time. Filters compare times with a precision of one microsecond.</summary>
    public static implicit operator FilterValue(DateTimeOffset value) => new(value, isUnparsed: false);

    /// <summary>Converts a result code.</summary>
    public static implicit operator FilterValue(BuildResult value) => new(value, isUnparsed: false);
#pragma warning restore CA2225

    /// <inheritdoc/>
    public override string ToString() => Convert.ToString(Content, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Creates a value from text of a query string.</summary>
    internal static FilterValue Unparsed(string text) => new(text, isUnparsed: true);
}
