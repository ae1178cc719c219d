using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Resources;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// The wire form of resources, as a client reads it. What is not valid gets <see cref="JsonException"/>. A resource that is read, written and read again is
/// equal, and so is one that is written to the kept events. The wire form of an event is valid JSON.
/// </summary>
/// <remarks>The first byte chooses the type. JSON follows.</remarks>
internal sealed class WireTarget : IFuzzTarget
{
    private static readonly Type[] Types =
    [
        typeof(Buildset), typeof(BuildRequest), typeof(Build), typeof(Builder), typeof(MasterInfo), typeof(SourceStamp), typeof(Step), typeof(Worker), typeof(MissingWorker), typeof(BuilderOnMaster),
        typeof(BuildStatistics), typeof(StepStatistics), typeof(LogSizes), typeof(StepLog), typeof(LogContents), typeof(RawLog), typeof(PropertyMap), typeof(IReadOnlyList<Build>), typeof(IReadOnlyList<Builder>),
    ];

    private List<string> _documents = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "[null]", "{}", "[]", "1700000000", "-1", "1.5", "\"\\ud800\"", "\ud800", "\"started_at\":", "\"results\":", "\"properties\":", "\"tags\":", "\"locks_duration_s\":",
        "\"urls\":[{\"name\":\"a\",\"url\":\"b\"}]", "\"sourcestamps\":", "\"patch\":", "\"workerinfo\":", "\"connected_to\":[{\"masterid\":1}]", "\"type\":\"s\"", "[1,\"x\"]",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => _documents.Concat(Types.Select((_, i) => $"{(char)i}{{}}")).ToInputs();

    /// <inheritdoc/>
    public async Task Open()
    {
        await using var stores = new SmallStores();
        await stores.Open(withPostgreSql: false);
        foreach (string path in SeedFiles.EndpointPaths())
        {
            DataResult result = await stores.Data.Get(path);
            object? resource = result.IsCollection ? (result.Value as IEnumerable)?.Cast<object>().FirstOrDefault() : result.Value;
            int type = Array.IndexOf(Types, resource?.GetType());
            if (type >= 0)
                _documents.Add((char)type + JsonSerializer.Serialize(resource, BuildDataJsonContext.Default.GetTypeInfo(Types[type])!));
        }

        _documents = [.. _documents.Distinct()];
    }

    /// <inheritdoc/>
    public Task Run(byte[] input)
    {
        if (input.Length == 0)
            return Task.CompletedTask;
        JsonTypeInfo type = BuildDataJsonContext.Default.GetTypeInfo(Types[input[0] % Types.Length])!;
        if (Promise.Try<object, JsonException>(() => JsonSerializer.Deserialize(input.AsSpan(1), type)!) is not { } resource)
            return Task.CompletedTask;

        string json = JsonSerializer.Serialize(resource, type);
        object? again = JsonSerializer.Deserialize(json, type);
        Promise.Holds(JsonSerializer.Serialize(again, type) == json, "A resource that is written and read is written the same again.");
        if (resource is IEnumerable and not PropertyMap)
            return Task.CompletedTask;

        Promise.Holds(resource.Equals(again), "A resource that is written and read is equal.");
        string kept = ResourceTypes.Catalog.Serialize(resource);
        Promise.Holds(resource.Equals(ResourceTypes.Catalog.Deserialize(kept, resource.GetType())), "A resource of a kept event is equal.");
        CheckEvent(resource);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RunThoroughly(byte[] input) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void CheckEvent(object resource)
    {
        if (ResourceTypes.All.First(type => type.ResourceType == resource.GetType()).PublicEventNames is not [var name, ..])
            return;
        DataEvent e = DataEventFactory.CreateUntyped(resource, name, new EventCursor(1, DateTimeOffset.UnixEpoch), resource is PropertyMap ? 1 : null);
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(e, BuildDataJsonContext.Default.DataEvent), new JsonDocumentOptions { MaxDepth = 128 });
        Promise.Holds(json.RootElement.GetProperty("path").GetString() == e.Path, "The JSON of an event has its path.");
    }
}
