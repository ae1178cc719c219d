using System.Globalization;
using System.Runtime.CompilerServices;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// An endpoint path, perhaps with a query string. A string converts to it and is taken as it stands. In an interpolated string
/// each hole is percent-encoded, so that it stands for exactly its text: <c>Get&lt;Builder&gt;($"/builders/{name}")</c>. In a
/// hole, times become whole Unix seconds, result codes their numbers, and everything else its invariant text.
/// </summary>
/// <remarks>
/// A hole never adds a segment or a parameter, and what is syntax elsewhere is text in it. In <c>order={field}</c> a leading
/// <c>-</c> is part of the field's name; to choose the direction, write <c>order=-{field}</c> or use a <see cref="ResultSpec"/>.
/// In <c>property={name}</c> the text <c>*</c> is the name of one property. In the place of a parameter's name a hole is the name
/// of a field, never <c>limit</c>, and it adds no operator. One rule holds for holes too: in the place of a builder or a worker, digits alone
/// are an id. A builder whose name is digits alone is reached by a typed query: <c>new OneBuilder("42")</c>.
/// </remarks>
[InterpolatedStringHandler]
public ref struct DataPath
{
    private readonly string? _path;
    private DefaultInterpolatedStringHandler _text;
    private Place _place;
    private bool _endsWithinEncoding;

    /// <summary>Called by the compiler for an interpolated string.</summary>
    public DataPath(int literalLength, int formattedCount)
    {
        _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    private DataPath(string path)
    {
        _path = path;
    }

    private enum Place
    {
        Path,
        ParameterName,
        ParameterValue,
    }

    /// <summary>A path in which everything is encoded as it should be already.</summary>
    public static implicit operator DataPath(string path) => FromString(path);

    /// <summary>A path in which everything is encoded as it should be already.</summary>
    public static DataPath FromString(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new DataPath(path);
    }

    /// <summary>Called by the compiler for the text between holes.</summary>
    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ReadOnlySpan<char> rest = value;
        while (true)
        {
            int next = _place switch
            {
                Place.Path => rest.IndexOf('?'),
                Place.ParameterName => rest.IndexOf('='),
                _ => rest.IndexOf('&'),
            };
            if (next < 0)
                break;

            _place = _place == Place.ParameterName ? Place.ParameterValue : Place.ParameterName;
            rest = rest[(next + 1)..];
        }

        _endsWithinEncoding = value is [.., '%'] or [.., '%', _];
        _text.AppendLiteral(value);
    }

    /// <summary>Called by the compiler for a hole.</summary>
    /// <exception cref="ArgumentException">The value is null, text with half a surrogate pair, or several segments, or stands within a percent-encoded character.</exception>
    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    /// <summary>Called by the compiler for a hole with a format.</summary>
    /// <exception cref="ArgumentException">The value is null, text with half a surrogate pair, or several segments, or stands within a percent-encoded character.</exception>
    public void AppendFormatted<T>(T value, string? format)
    {
        if (_endsWithinEncoding)
            throw new ArgumentException("The text before a hole of a path ends within a percent-encoded character.", nameof(value));

        switch (value)
        {
            case null:
                throw new ArgumentNullException(nameof(value), "A hole of a path can't be null.");
            case >= 0L when format is null && _place != Place.ParameterName:
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
                throw new ArgumentException("A DateTime that is not in UTC says no time; use a DateTimeOffset.", nameof(value));
            case IPathReference reference:
                AppendEncoded(reference.Segment ?? throw new ArgumentException("It is several segments; pass the query itself.", nameof(value)));
                break;
            case IFormattable formattable:
                AppendText(formattable.ToString(format, CultureInfo.InvariantCulture));
                break;
            default:
                AppendText(value.ToString() ?? "");
                break;
        }
    }

    /// <summary>The path with its holes filled in. To be called once.</summary>
    public override string ToString() => _path ?? _text.ToStringAndClear();

    private void AppendText(string text)
    {
        UnicodeText.Check(text, "value");
        AppendEncoded(PathEncoding.Encode(text));
    }

    private void AppendEncoded(string encoded) =>
        _text.AppendLiteral(_place == Place.ParameterName ? PathEncoding.EncodeWhole(encoded) : PathEncoding.EncodeSign(encoded));
}
