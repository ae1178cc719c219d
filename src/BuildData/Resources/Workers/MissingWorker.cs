using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents a worker that has not connected to a master, although the master expects the worker. It is the resource of the event
/// <c>missing</c>.
/// </summary>
public sealed record MissingWorker : Worker
{
    /// <summary>Creates an empty object. Tests and the conversion from JSON then set the attributes.</summary>
    public MissingWorker()
    {
    }

    internal MissingWorker(Worker worker)
        : base(worker)
    {
    }

    /// <summary>Gets the time at which the worker was last connected, as a text for people.</summary>
    [JsonPropertyName("last_connection")]
    public string LastConnection { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the addresses of the people who should be notified.</summary>
    [JsonPropertyName("notify"), JsonConverter(typeof(EquatableListConverter<string>))]
    public IReadOnlyList<string> Notify { get; init => field = value ?? []; } = [];
}
