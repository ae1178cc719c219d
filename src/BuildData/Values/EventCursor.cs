using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents a position in the sequence of events: the sequence number and the time of an event. A subscription can resume after that event.
/// </summary>
/// <remarks>
/// <para>The time shows whether the number still belongs to the same event. A database that was restored from a backup, or that has lost its
/// last commits, assigns the same numbers again.</para>
/// <para>A number alone converts to a cursor without a time. A subscription that resumes from such a cursor can't detect that the number
/// belongs to another event. Therefore store the whole cursor: <see cref="ToString"/> converts the cursor to text, and <see cref="Parse"/>
/// converts the text back.</para>
/// </remarks>
[JsonConverter(typeof(EventCursorConverter))]
public readonly record struct EventCursor
{
    private const char Separator = '@';

    /// <summary>Creates a cursor.</summary>
    /// <param name="sequence">The sequence number of the last event that was handled; 0 for the position before the first event.</param>
    /// <param name="at">The time of that event; null if it is not known.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sequence"/> is negative.</exception>
    public EventCursor(long sequence, DateTimeOffset? at = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        Sequence = sequence;
        Microseconds = at is { } time ? Timestamp.ToMicroseconds(time) : null;
    }

    private EventCursor(long sequence, long? microseconds)
    {
        Sequence = sequence;
        Microseconds = microseconds;
    }

    /// <summary>Gets the sequence number of the event.</summary>
    public long Sequence { get; }

    /// <summary>Gets the time of the event, to the microsecond; null if it is not known.</summary>
    public DateTimeOffset? At => Timestamp.FromMicroseconds(Microseconds);

    /// <summary>Gets the time of the event, in microseconds since 1970; null if it is not known.</summary>
    internal long? Microseconds { get; }

    /// <summary>Creates a cursor from a sequence number without a time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sequence"/> is negative.</exception>
    public static implicit operator EventCursor(long sequence) => FromInt64(sequence);

    /// <summary>Creates a cursor from a sequence number without a time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sequence"/> is negative.</exception>
    public static EventCursor FromInt64(long sequence) => new(sequence);

    /// <summary>Creates a cursor from text that <see cref="ToString"/> has returned.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a cursor.</exception>
    public static EventCursor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out EventCursor cursor)
            ? cursor
            : throw new FormatException($"'{text}' is not a cursor. A cursor has the form '304@1700000000000000' or '304'.");
    }

    /// <summary>Creates a cursor from text that <see cref="ToString"/> has returned.</summary>
    /// <returns>False if <paramref name="text"/> is not a cursor.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventCursor cursor)
    {
        cursor = default;
        if (text is null)
            return false;

        int separator = text.IndexOf(Separator, StringComparison.Ordinal);
        ReadOnlySpan<char> number = separator < 0 ? text : text.AsSpan(0, separator);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
            return false;
        if (separator < 0)
        {
            cursor = new EventCursor(sequence);
            return true;
        }

        if (!long.TryParse(text.AsSpan(separator + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long microseconds)
            || !Timestamp.IsInRange(microseconds))
        {
            return false;
        }

        cursor = new EventCursor(sequence, microseconds);
        return true;
    }

    /// <summary>
    /// Returns the cursor as text: the number, <c>@</c> and the time in microseconds since 1970. If the time is not known, the text is the
    /// number alone.
    /// </summary>
    public override string ToString() => Microseconds is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"{Sequence}{Separator}{at}")
        : Sequence.ToString(CultureInfo.InvariantCulture);

    /// <summary>Creates a cursor from a sequence number and a time.</summary>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="microseconds">The time of the event in microseconds since 1970; null if the time is not known.</param>
    internal static EventCursor Of(long sequence, long? microseconds) => new(sequence, microseconds);
}
