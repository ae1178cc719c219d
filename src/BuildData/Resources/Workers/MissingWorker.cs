using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a worker that a master misses, because the worker has not connected. The event <c>missing</c> contains it.</summary>
public sealed record MissingWorker : Worker
{
    /// <summary>Creates the resource of an event, for tests and for JSON.</summary>
    public MissingWorker()
    {
    }

    internal MissingWorker(Worker worker)
        : base(worker)
    {
    }

    /// <summary>Gets the time of the last connection, as a text for people.</summary>
    [JsonPropertyName("last_connection")]
    public string LastConnection { get; init; } = "";

    /// <summary>Gets the addresses of the people to notify.</summary>
    [JsonPropertyName("notify")]
    public IReadOnlyList<string> Notify { get; init; } = [];
}
