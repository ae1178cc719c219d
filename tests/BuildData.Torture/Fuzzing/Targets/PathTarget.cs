using BuildData.Events;
using BuildData.Resources;
using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// Paths of endpoints and of events, and names that are inserted into paths. The path of a parsed query parses to an equal query. An inserted name stays one
/// name. Every other path gets <see cref="InvalidPathException"/> or <see cref="InvalidQueryException"/>, and the database never sees an error.
/// </summary>
internal sealed class PathTarget : IFuzzTarget
{
    private readonly SmallStores _stores = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "/builds", "/builders", "/buildsets", "/buildrequests", "/steps", "/logs", "/workers", "/masters", "/sourcestamps", "/properties", "/contents", "/raw", "/raw_inline",
        "/build_statistics", "/step_statistics", "/by_day", "/log_sizes", "/triggered_builds", "/1", "/linux", "/compile", "/stdio", "/worker-1", "/*", "%00", "%2F", "%C3%A4",
        "\ud800", "\udc00", "ä", "?limit=1", "?field=name", "?property=*",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => SeedFiles.EndpointPaths().Concat(SeedFiles.NastyPaths()).Concat(Patterns).ToInputs();

    private static IEnumerable<string> Patterns => ResourceTypes.All.SelectMany(type => type.EventPatterns);

    /// <inheritdoc/>
    public Task Open() => _stores.Open();

    /// <inheritdoc/>
    public async Task Run(byte[] input)
    {
        string path = InputText.ToUtf16(input);
        CheckPattern(path);
        CheckInsertedName(path);
        await Answers.Get(_stores.Data, path);
    }

    /// <inheritdoc/>
    public Task RunThoroughly(byte[] input) => Answers.Compare(_stores, InputText.ToUtf16(input));

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static void CheckPattern(string text)
    {
        try
        {
            EventPattern pattern = EventPattern.Parse(text, ResourceTypes.Catalog);
            Promise.Holds(EventPattern.Parse(pattern.Text, ResourceTypes.Catalog).Segments.Count == pattern.Segments.Count, "The text of a pattern parses to the same pattern.");
        }
        catch (InvalidPathException)
        {
            // No events are published on such a path.
        }
        catch (InvalidQueryException)
        {
            // A pattern can only select properties.
        }
    }

    private static void CheckInsertedName(string name)
    {
        ParsedPath parsed;
        try
        {
            parsed = DataApi.ParsePath($"/builders/{name}?name={name}");
        }
        catch (ArgumentException) when (!IsWellFormed(name))
        {
            return;
        }
        catch (InvalidPathException) when (name.Length == 0 || name.All(char.IsAsciiDigit))
        {
            return;
        }

        Promise.Holds(name.All(char.IsAsciiDigit) || parsed.Query == new BuilderByRef(name), "An inserted name is the name of the query.");
        Promise.Holds(parsed.Spec.Filters is [{ Field: "name", Values: [var value] }] && value.ToString() == name, "An inserted value is the value of the filter.");
    }

    private static bool IsWellFormed(string text) => !text.Where((c, i) => char.IsSurrogate(c) && !IsPart(text, i)).Any();

    private static bool IsPart(string text, int i) =>
        (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) || (i > 0 && char.IsSurrogatePair(text[i - 1], text[i]));
}
