namespace BuildData.Torture.Model;

/// <summary>What a call returned or threw.</summary>
/// <param name="Kind">Whether it returned.</param>
internal sealed record Outcome(OutcomeKind Kind)
{
    /// <summary>Gets the ids and numbers that it returned.</summary>
    public long[] Numbers { get; init; } = [];

    /// <summary>Gets the text that it returned; the name of the exception if it threw one.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the message of the exception.</summary>
    public string? Message { get; init; }

    /// <summary>Gets what the updates of a transaction returned.</summary>
    public Outcome[] Parts { get; init; } = [];

    public static Outcome Returned(params long[] numbers) => new(OutcomeKind.Returned) { Numbers = numbers };

    public static Outcome ReturnedText(string? text) => new(OutcomeKind.Returned) { Text = text };

    public override string ToString() => Kind switch
    {
        OutcomeKind.Returned => $"returned [{string.Join(", ", Numbers)}]{(Text is null ? "" : $" \"{Text}\"")}{string.Concat(Parts.Select(part => $" ({part})"))}",
        _ => $"{Kind}: {Text} ({Message})",
    };
}

/// <summary>How a call ended.</summary>
internal enum OutcomeKind
{
    /// <summary>It returned, so what it did is stored.</summary>
    Returned,

    /// <summary>The library refused it for a reason that the model knows. Nothing is stored.</summary>
    Refused,

    /// <summary>It failed because of the store: the disk, the connection, or the end of the master. Nothing is stored.</summary>
    Failed,

    /// <summary>It failed, and nobody knows whether it is stored.</summary>
    Unknown,
}
