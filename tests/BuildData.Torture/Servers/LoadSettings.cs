namespace BuildData.Torture.Servers;

/// <summary>How much callers write.</summary>
/// <param name="Prefix">What the names of the projects begin with.</param>
/// <param name="Seed">The number that the choices come from.</param>
internal sealed record LoadSettings(string Prefix, int Seed)
{
    /// <summary>Gets how many projects get calls at the same time.</summary>
    public int ProjectsAtOnce { get; init; } = 4;

    /// <summary>Gets how many callers a project has.</summary>
    public int CallersOfProject { get; init; } = 3;

    /// <summary>Gets the longest pause of a caller between two calls.</summary>
    public int MostMillisecondsBetweenCalls { get; init; } = 40;
}
