using System.Text.Json;
using System.Text.Json.Serialization;
using BuildData.Torture.Model;

namespace BuildData.Torture.Kill;

/// <summary>A line that a process prints before it calls the library, and after the call has ended.</summary>
/// <param name="Project">The project of the call.</param>
/// <param name="Call">The number of the call in its process.</param>
internal sealed record JournalLine(string Project, int Call)
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Gets the id of the caller's master.</summary>
    public long MasterId { get; init; }

    /// <summary>Gets what is called; null if the call ends.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Gets how the call ended; null if it begins.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Returns the line for a text.</summary>
    public static JournalLine Parse(string text) => JsonSerializer.Deserialize<JournalLine>(text, Options)!;

    public override string ToString() => JsonSerializer.Serialize(this, Options);
}
