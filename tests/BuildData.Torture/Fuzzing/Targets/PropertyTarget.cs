using System.Text;
using System.Text.Json;
using BuildData.Torture.Fuzzing.Running;
using BuildData.Values;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// JSON of properties and of information about workers. What is not valid gets <see cref="ArgumentException"/>, or <see cref="JsonException"/> from a
/// serializer. A property that is written and read again is equal, also in a store. Two values have the same canonical form only if they are equal.
/// </summary>
/// <remarks>A line feed separates two JSON texts.</remarks>
internal sealed class PropertyTarget : IFuzzTarget
{
    private static readonly ReadOnlyMemory<byte> LineEnd = "\n"u8.ToArray();

    private readonly SmallStores _stores = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\u0000", "\\ud800", "\\udc00", "\\n", "\\\"", "null", "true", "false", "1e5", "1E+05", "-0", "0.10", "100000", "{\"a\":1,\"a\":2}", "[\"x\",\"y\"]", "//", "/**/", "\n", "\ud800",
        "\u0000", "ä", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "e999999999999999999999",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => new[]
    {
        "1", "\"a\"", "null\nnull", "1.50\n15e-1", "0.0\n-0e7", "{\"a\":1,\"b\":[true,null]}\n{\"b\":[true,null],\"a\":1.0}", "{\"owner\":[\"ann\",\"Scheduler\"]}", "[\"v\",\"s\"]", "[1]", "[1,2]", "{\"a\":[1,null]}",
        "\"\\ud83d\\ude00\"\n\"😀\"", "\"\\ud800\"", "[\"\\ud800\",\"\\udc00\"]", "{\"\\ud800\":[1,\"x\"]}", "1e99999", "{\"version\":\"3.1\"}", "[{},\"\\u0000\"]", "01", "[1,\"x\"] ", "1 2",
    }.ToInputs();

    /// <inheritdoc/>
    public Task Open() => _stores.Open();

    /// <inheritdoc/>
    public Task Run(byte[] input)
    {
        (ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) = Split(input);
        CheckParsed(InputText.ToUtf16(first.Span));
        CheckWire(first);
        CheckWorkerInfo(InputText.ToUtf16(first.Span));
        if (Json(first) is { } one && Json(second) is { } two)
            CheckCanonical(one, two);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task RunThoroughly(byte[] input)
    {
        string json = InputText.ToUtf16(Split(input).First.Span);
        if (Promise.Try<Property, ArgumentException>(() => Property.Parse(json, "fuzz")) is not { } property)
            return;
        await CheckStored(_stores.Data, property);
        if (_stores.PostgreSqlData is { } other)
            await CheckStored(other, property);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static (ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second) Split(byte[] input)
    {
        int end = input.AsSpan().IndexOf(LineEnd.Span);
        return end < 0 ? (input, default) : (input.AsMemory(0, end), input.AsMemory(end + 1));
    }

    private static void CheckParsed(string json)
    {
        if (Promise.Try<Property, ArgumentException>(() => Property.Parse(json, "x")) is not { } property)
            return;
        Property? again = JsonSerializer.Deserialize(property.ToString(), BuildDataJsonContext.Default.Property);
        Promise.Holds(property.Equals(again), "A property that is written and read is equal.");
        Promise.Holds(property.GetHashCode() == again!.GetHashCode(), "Equal properties have equal hash codes.");
        var map = new PropertyMap { ["p"] = property };
        _ = Promise.Try<object, InvalidOperationException>(() => map.GetString("p") ?? "");
        _ = Promise.Try<object, InvalidOperationException>(() => map.GetInt64("p") ?? 0);
        _ = Promise.Try<object, InvalidOperationException>(() => map.GetDouble("p") ?? 0);
    }

    private static void CheckWire(ReadOnlyMemory<byte> json)
    {
        _ = Promise.Try<Property, JsonException>(() => JsonSerializer.Deserialize(json.Span, BuildDataJsonContext.Default.Property)!);
        if (Promise.Try<PropertyMap, JsonException>(() => JsonSerializer.Deserialize(json.Span, BuildDataJsonContext.Default.PropertyMap)!) is not { } map)
            return;
        string text = JsonSerializer.Serialize(map, BuildDataJsonContext.Default.PropertyMap);
        Promise.Holds(map.Equals(JsonSerializer.Deserialize(text, BuildDataJsonContext.Default.PropertyMap)), "A map that is written and read is equal.");
    }

    private static void CheckWorkerInfo(string json)
    {
        if (Promise.Try<WorkerInfo, ArgumentException>(() => WorkerInfo.Parse(json)) is not { } info)
            return;
        Promise.Holds(info.Equals(WorkerInfo.Parse(info.ToString())), "Information that is written and read is equal.");
        _ = info.Version;
    }

    private static JsonElement? Json(ReadOnlyMemory<byte> json)
    {
        try
        {
            // As the library has it: through a property, whose text is valid Unicode.
            return json.IsEmpty ? null : Property.Parse(Encoding.UTF8.GetString(json.Span), "x").Value;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void CheckCanonical(JsonElement one, JsonElement two)
    {
        Promise.Holds(CanonicalJson.ToText(one) == CanonicalJson.ToText(one.Clone()), "Equal values have the same canonical form.");
        Promise.Holds((CanonicalJson.ToText(one) == CanonicalJson.ToText(two)) == JsonEquality.AreEqual(one, two), "Two values have the same canonical form exactly if they are equal.");
    }

    private static async Task CheckStored(DataApi data, Property property)
    {
        await data.Updates.SetBuildProperty(1, "fuzzed", property);
        PropertyMap? map = await data.Get<PropertyMap>("/builds/1/properties");
        Promise.Holds(property.Equals(map!["fuzzed"]), "A stored property is equal.");

        AddedBuildset first = await data.Updates.AddBuildset(properties: new() { ["fuzzed"] = property });
        map = await data.Get<PropertyMap>($"/buildsets/{first.BuildsetId}/properties");
        Promise.Holds(property.Equals(map!["fuzzed"]), "A stored property of a buildset is equal.");
    }
}
