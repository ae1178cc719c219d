using BuildData.Torture.Fuzzing.Targets;

namespace BuildData.Torture.Fuzzing;

/// <summary>Lists the targets by name.</summary>
internal static class FuzzTargets
{
    private static readonly (string Name, Func<IFuzzTarget> Create)[] All =
    [
        ("paths", static () => new PathTarget()),
        ("queries", static () => new QueryTarget()),
        ("tokens", static () => new TokenTarget()),
        ("properties", static () => new PropertyTarget()),
        ("wire", static () => new WireTarget()),
        ("logs", static () => new LogTarget()),
        ("http", static () => new HttpTarget()),
    ];

    /// <summary>Gets the names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(target => target.Name)];

    /// <summary>Returns the names that an option selects.</summary>
    /// <exception cref="ArgumentException">There is no such target.</exception>
    public static IReadOnlyList<string> Select(string? only) =>
        only is null ? Names
        : Names.Contains(only) ? [only]
        : throw new ArgumentException($"There is no target '{only}'. The targets are: {string.Join(", ", Names)}.", nameof(only));

    /// <summary>Creates a target.</summary>
    public static IFuzzTarget Create(string name) => All.Single(target => target.Name == name).Create();
}
