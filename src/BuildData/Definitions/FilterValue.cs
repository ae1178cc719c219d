using System.Globalization;

namespace BuildData.Queries;

/// <summary>Represents a value that a filter compares with. Whole numbers, flags, text, times and result codes convert to it implicitly.</summary>
public readonly record struct FilterValue
{
    private FilterValue(object value, bool isRaw)
    {
        Content = value;
        IsRaw = isRaw;
    }

    internal object? Content { get; }

    /// <summary>Gets whether the value is text from a query string, which is parsed as the field's type.</summary>
    internal bool IsRaw { get; }

#pragma warning disable CA2225 // A value is created only by these conversions, and each of them has a single meaning.
    /// <summary>Converts a whole number. For a time field it stands for a whole second: the number of seconds since 1970.</summary>
    public static implicit operator FilterValue(long value) => new(value, isRaw: false);

    /// <summary>Converts a flag.</summary>
    public static implicit operator FilterValue(bool value) => new(value, isRaw: false);

    /// <summary>Converts a text.</summary>
    public static implicit operator FilterValue(string value) => new(value, isRaw: false);

    /// <summary>Converts a time, which is compared to the microsecond.</summary>
    public static implicit operator FilterValue(DateTimeOffset value) => new(value, isRaw: false);

    /// <summary>Converts a result code.</summary>
    public static implicit operator FilterValue(BuildResult value) => new(value, isRaw: false);
#pragma warning restore CA2225

    /// <inheritdoc/>
    public override string ToString() => Convert.ToString(Content, CultureInfo.InvariantCulture) ?? "";

    internal static FilterValue Raw(string text) => new(text, isRaw: true);
}
