using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// Cursors of events and positions of pages. A cursor that is read and written again is the same. A position that was altered, or forged with a valid
/// checksum, selects a page or gets <see cref="InvalidQueryException"/>, and the database never sees an error.
/// </summary>
/// <remarks>
/// The first byte chooses what the rest is: a cursor, the text of a position, or the content of a forged position. In both latter cases, a path follows first,
/// up to a line feed.
/// </remarks>
internal sealed class TokenTarget : IFuzzTarget
{
    private const byte LineEnd = (byte)'\n';

    private readonly SmallStores _stores = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "c", "t", "f", "@", "-", "+", "\u0001\u0001", "\u0001\0\0\0\0\0\0\0", "\u0002\u0003\0\0\0", "\0", "\u0001", "\u0002", "\n", "/builds", "/builders", "/steps", "/buildrequests", "?order=", "&order=-", "&limit=2",
        "started_at", "complete_at", "results", "name", "state_string", "number", "priority",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => new[]
    {
        "c304@1700000000000000", "c0", "c9223372036854775807@-9223372036854775808", "c1@+5", "c@", "c7@253402300800000000",
        "t/builds?limit=1\nAQEBAAAAAAAAAA", "t/steps?order=name\n",
        "f/builds?limit=1\n\u0001\u0001\u0002\0\0\0\0\0\0\0", "f/builders?order=name\n\u0001\u0002\u0002\0\0\0ab\u0001\u0001\0\0\0\0\0\0\0",
        "f/builds?order=-complete_at\n\u0001\0\u0001\u0001\0\0\0\0\0\0\0", "f/buildrequests?order=results&order=-priority\n\u0001\0\u0001\u0001\0\0\0\0\0\0\0\u0001\u0001\0\0\0\0\0\0\0",
    }.ToInputs();

    /// <inheritdoc/>
    public Task Open() => _stores.Open();

    /// <inheritdoc/>
    public Task Run(byte[] input)
    {
        switch (input)
        {
            case [(byte)'c', .. var text]:
                CheckCursor(InputText.ToUtf16(text));
                return Task.CompletedTask;
            case [(byte)'t' or (byte)'f', ..]:
                return Answers.Get(_stores.Data, PagePath(input));
            default:
                return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public Task RunThoroughly(byte[] input) => input is [(byte)'t' or (byte)'f', ..] ? Answers.Compare(_stores, PagePath(input)) : Task.CompletedTask;

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static void CheckCursor(string text)
    {
        if (!EventCursor.TryParse(text, out EventCursor cursor))
            return;
        Promise.Holds(EventCursor.Parse(cursor.ToString()) == cursor, "The text of a cursor parses to the same cursor.");
        Promise.Holds(JsonSerializer.Deserialize<EventCursor>(JsonSerializer.Serialize(cursor)) == cursor, "The JSON of a cursor is read as the same cursor.");
        Promise.Holds(cursor.At is not { } at || new EventCursor(cursor.Sequence, at) == cursor, "A cursor with the number and the time of a cursor is equal.");
    }

    private static string PagePath(byte[] input)
    {
        int end = Array.IndexOf(input, LineEnd);
        string path = InputText.ToUtf16(end < 0 ? input.AsSpan(1) : input.AsSpan(1, end - 1));
        ReadOnlySpan<byte> rest = end < 0 ? [] : input.AsSpan(end + 1);
        string token = input[0] == (byte)'t' ? InputText.ToUtf16(rest) : Forge(path, rest);
        return path + (path.Contains('?', StringComparison.Ordinal) ? "&after=" : "?after=") + token;
    }

    /// <summary>Returns a position with any content and a valid checksum.</summary>
    private static string Forge(string path, ReadOnlySpan<byte> content)
    {
        string query;
        try
        {
            ParsedPath parsed = DataApi.ParsePath(path);
            query = parsed.Spec.DescribeForPaging(parsed.Query.Path);
        }
        catch (InvalidPathException)
        {
            return "";
        }
        catch (InvalidQueryException)
        {
            return "";
        }

        byte[] checksum = SHA256.HashData([.. content, .. Encoding.UTF8.GetBytes(query)]);
        return Base64Url.EncodeToString([.. content, .. checksum.AsSpan(0, 8)]);
    }
}
