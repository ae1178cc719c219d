using System.Globalization;
using System.Runtime.CompilerServices;
using BuildData.Paths;

namespace BuildData;

/// <summary>
/// An endpoint path, perhaps with a query string. A string converts to it and is taken as it stands; of an interpolated
/// string, each hole is percent-encoded as one segment or one query value, so that any name can be addressed and nothing
/// can be injected: <c>Get&lt;Builder&gt;($"/builders/{name}")</c>. In a hole, times become whole Unix seconds, result
/// codes their numbers, and everything else its invariant text.
/// </summary>
/// <remarks>Digits alone are an id. A builder whose name is digits alone is reached by a typed query: <c>new OneBuilder("42")</c>.</remarks>
[InterpolatedStringHandler]
public ref struct DataPath
{
    private readonly string? _path;
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler for an interpolated string.</summary>
    public DataPath(int literalLength, int formattedCount)
    {
        _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    private DataPath(string path)
    {
        _path = path;
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
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler for a hole.</summary>
    /// <exception cref="ArgumentException">The value is null, text with half a surrogate pair, or several segments.</exception>
    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    /// <summary>Called by the compiler for a hole with a format.</summary>
    /// <exception cref="ArgumentException">The value is null, text with half a surrogate pair, or several segments.</exception>
    public void AppendFormatted<T>(T value, string? format)
    {
        switch (value)
        {
            case null:
                throw new ArgumentNullException(nameof(value), "A hole of a path can't be null.");
            case long number when format is null:
                _text.AppendFormatted(number);
                break;
            case BuildResult result:
                _text.AppendFormatted((int)result);
                break;
            case bool flag:
                _text.AppendLiteral(flag ? "true" : "false");
                break;
            case DateTimeOffset time when format is null:
                _text.AppendFormatted(time.ToUnixTimeSeconds());
                break;
            case DateTime time when format is null && time.Kind == DateTimeKind.Utc:
                _text.AppendFormatted(new DateTimeOffset(time).ToUnixTimeSeconds());
                break;
            case DateTime:
                throw new ArgumentException("A DateTime that is not in UTC says no time; use a DateTimeOffset.", nameof(value));
            case BuilderRef or WorkerRef:
                _text.AppendLiteral(value.ToString()!);
                break;
            case BuildRef or Query:
                throw new ArgumentException("It is several segments; pass the query itself.", nameof(value));
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
        Text.Check(text, "value");
        _text.AppendLiteral(PathText.Encode(text));
    }
}
