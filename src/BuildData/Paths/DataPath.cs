using System.Globalization;
using System.Runtime.CompilerServices;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents an endpoint path, optionally with a query string. A string or an interpolated string converts to a path. In an interpolated
/// string, each inserted value is percent-encoded: <c>Get&lt;Builder&gt;($"/builders/{name}")</c>.
/// </summary>
/// <remarks>
/// <para>
/// A string that is not interpolated is used without changes. Therefore all text in such a string must already be percent-encoded.
/// </para>
/// <para>
/// An inserted value is always data. It never adds a segment, a parameter or an operator. Times are inserted as whole Unix seconds, results
/// of builds as numbers, and other values as culture-invariant text.
/// </para>
/// <list type="bullet">
/// <item><c>order={field}</c>: a <c>-</c> at the beginning of the value is part of the field's name. For descending order, write
/// <c>order=-{field}</c> or use a <see cref="ResultSpec"/>.</item>
/// <item><c>property={name}</c>: the value <c>*</c> is the name of one property. The value does not select all properties.</item>
/// <item><c>{field}=1</c>: an inserted name of a parameter is always the name of a field, even if the inserted name is <c>limit</c>.</item>
/// <item><c>/builders/{name}</c>: a value of only digits is an id, not a name. To get a builder whose name has only digits, use a typed
/// query: <c>new BuilderByRef("42")</c>. The same is true for workers.</item>
/// </list>
/// </remarks>
[InterpolatedStringHandler]
public ref struct DataPath
{
    private readonly string? _path;
    private DefaultInterpolatedStringHandler _text;
    private PathPart _part;
    private bool _endsWithinEncoding;

    /// <summary>Creates an empty path. The compiler calls this for an interpolated string.</summary>
    /// <param name="literalLength">The number of characters outside the inserted values.</param>
    /// <param name="formattedCount">The number of inserted values.</param>
    public DataPath(int literalLength, int formattedCount)
    {
        _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    private DataPath(string path)
    {
        _path = path;
    }

    // The part of the path to which text is appended next.
    private enum PathPart
    {
        Path,
        ParameterName,
        ParameterValue,
    }

    /// <summary>Converts a string to a path. Special characters in the string must already be percent-encoded.</summary>
    /// <param name="path">The path.</param>
    public static implicit operator DataPath(string path) => FromString(path);

    /// <summary>Creates a path from a string. Special characters in the string must already be percent-encoded.</summary>
    /// <param name="path">The path.</param>
    public static DataPath FromString(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new DataPath(path);
    }

    /// <summary>Appends text without changes. The compiler calls this for the text between inserted values.</summary>
    /// <param name="value">The text.</param>
    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ReadOnlySpan<char> rest = value;
        while (true)
        {
            int next = _part switch
            {
                PathPart.Path => rest.IndexOf('?'),
                PathPart.ParameterName => rest.IndexOf('='),
                _ => rest.IndexOf('&'),
            };
            if (next < 0)
                break;

            _part = _part == PathPart.ParameterName ? PathPart.ParameterValue : PathPart.ParameterName;
            rest = rest[(next + 1)..];
        }

        _endsWithinEncoding = value is [.., '%'] or [.., '%', _];
        _text.AppendLiteral(value);
    }

    /// <summary>Appends a value, percent-encoded. The compiler calls this for an inserted value.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">
    /// The value is null, a text with a surrogate that is not part of a pair, a time without an offset, or a query whose path has several
    /// segments. This exception is also thrown if the text before the value ends with an incomplete percent-encoded character, such as
    /// <c>%2</c>.
    /// </exception>
    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    /// <summary>Appends a formatted value, percent-encoded. The compiler calls this for an inserted value with a format.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">The format; null for the default.</param>
    /// <inheritdoc cref="AppendFormatted{T}(T)"/>
    public void AppendFormatted<T>(T value, string? format)
    {
        if (_endsWithinEncoding)
            throw new ArgumentException("The text before an inserted value ends within a percent-encoded character. Write all three characters, such as %2F, in the text.", nameof(value));

        switch (value)
        {
            case null:
                throw new ArgumentNullException(nameof(value), "A value that is inserted into a path can't be null.");
            case >= 0L when format is null && _part != PathPart.ParameterName:
                _text.AppendFormatted(value);
                break;
            case BuildResult result:
                AppendText(((int)result).ToString(CultureInfo.InvariantCulture));
                break;
            case bool flag:
                AppendText(flag ? "true" : "false");
                break;
            case DateTimeOffset time when format is null:
                AppendText(time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
                break;
            case DateTime time when format is null && time.Kind == DateTimeKind.Utc:
                AppendText(new DateTimeOffset(time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
                break;
            case DateTime:
                throw new ArgumentException("A DateTime that is not in UTC is ambiguous. Use a DateTimeOffset.", nameof(value));
            case IPathReference reference:
                AppendEncoded(reference.Segment ?? throw new ArgumentException($"'{reference}' has several segments, so it can't be inserted into a path. Pass a typed query instead of a path.", nameof(value)));
                break;
            case IFormattable formattable:
                AppendText(formattable.ToString(format, CultureInfo.InvariantCulture));
                break;
            default:
                AppendText(value.ToString() ?? "");
                break;
        }
    }

    /// <summary>Returns the path as text. Call this method only once.</summary>
    public override string ToString() => _path ?? _text.ToStringAndClear();

    private void AppendText(string text)
    {
        UnicodeText.Check(text, "value");
        AppendEncoded(PathEncoding.Encode(text));
    }

    private void AppendEncoded(string encoded) =>
        _text.AppendLiteral(_part == PathPart.ParameterName ? PathEncoding.EncodeReservedName(encoded) : PathEncoding.EncodeFieldName(encoded));
}
