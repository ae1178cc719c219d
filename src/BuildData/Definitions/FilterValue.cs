using System.Globalization;

namespace BuildData.Queries;

/// <summary>A value that a filter compares with. Whole numbers, flags, text, times and result codes convert to it.</summary>
public readonly record struct FilterValue
{
    private FilterValue(object value, bool isRaw)
    {
        Content = value;
        IsRaw = isRaw;
    }

    internal object? Content { get; }

    /// <summary>Whether it is the text of a query string, whose type is the field's.</summary>
    internal bool IsRaw { get; }

#pragma warning disable CA2225 // The conversions are the way to make one; each has a single meaning.
    /// <summary>A whole number. Of a time field it means that whole second since 1970.</summary>
    public static implicit operator FilterValue(long value) => new(value, isRaw: false);

    /// <summary>A flag.</summary>
    public static implicit operator FilterValue(bool value) => new(value, isRaw: false);

    /// <summary>A text.</summary>
    public static implicit operator FilterValue(string value) => new(value, isRaw: false);

    /// <summary>A time, exact to the microsecond.</summary>
    public static implicit operator FilterValue(DateTimeOffset value) => new(value, isRaw: false);

    /// <summary>A result code.</summary>
    public static implicit operator FilterValue(BuildResult value) => new(value, isRaw: false);
#pragma warning restore CA2225

    /// <inheritdoc/>
    public override string ToString() => Convert.ToString(Content, CultureInfo.InvariantCulture) ?? "";

    internal static FilterValue Raw(string text) => new(text, isRaw: true);
}
