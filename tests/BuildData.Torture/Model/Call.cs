namespace BuildData.Torture.Model;

/// <summary>A call of an update or a query, with the order in which calls began and ended.</summary>
/// <param name="Operation">What was called.</param>
/// <param name="MasterId">The id of the caller's master.</param>
/// <param name="Began">When it began: a number that grows with each beginning and end.</param>
internal sealed record Call(Operation Operation, long MasterId, long Began)
{
    /// <summary>Gets when it ended; null if it was cut off.</summary>
    public long? Ended { get; init; }

    /// <summary>Gets how it ended; null if it was cut off.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Gets whether it may have taken effect at any time after it began, or not at all.</summary>
    public bool IsUncertain => Outcome is null or { Kind: OutcomeKind.Unknown };

    public override string ToString() => $"[{Began}–{Ended?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "cut off"}] {Describe(Operation)} {Outcome?.ToString() ?? "was cut off"}";

    private static string Describe(Operation operation) => operation switch
    {
        RunTransaction transaction => $"transaction{(transaction.Fails ? " that fails" : "")} {{ {string.Join("; ", transaction.Updates.Select(Describe))} }}",
        ClaimRequests claim => $"{nameof(ClaimRequests)} {string.Join(", ", claim.RequestIds)}",
        CompleteRequests complete => $"{nameof(CompleteRequests)} {string.Join(", ", complete.RequestIds)} {complete.Results}",
        UnclaimRequests unclaim => $"{nameof(UnclaimRequests)} {string.Join(", ", unclaim.RequestIds)}",
        StartNext start => $"{nameof(StartNext)} for {string.Join(", ", start.BuilderIds)} worker {start.WorkerId}",
        ClaimNext claim => $"{nameof(ClaimNext)} for {string.Join(", ", claim.BuilderIds)}",
        AddBuildset add => $"{add} for {string.Join(", ", add.BuilderIds)}",
        AppendLog append => $"{nameof(AppendLog)} {append.LogId} '{append.Text.ReplaceLineEndings("|")}'",
        _ => operation.ToString()!,
    };
}
