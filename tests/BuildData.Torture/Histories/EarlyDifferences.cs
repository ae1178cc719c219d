using BuildData.Torture.Model;

namespace BuildData.Torture.Histories;

/// <summary>
/// Finds early that a state can't become what is stored: a part of it differs, and all calls that can change this part have taken effect.
/// </summary>
/// <remarks>
/// Two calls that replace the same value at the same time can come in either order. Without this class, the search would find out only at
/// its end that it has chosen the wrong one. With many such pairs, it would try all combinations.
/// </remarks>
internal sealed class EarlyDifferences
{
    private readonly StatePart[][] _partsOf;
    private readonly Dictionary<StatePart, int[]> _callsOf;
    private readonly Dictionary<StatePart, object?> _observed;

    /// <param name="calls">The calls.</param>
    /// <param name="observed">What is stored after all of them.</param>
    public EarlyDifferences(IReadOnlyList<Call> calls, ProjectState observed)
    {
        _partsOf = [.. calls.Select(call => StatePart.ChangedBy(call).ToArray())];
        _callsOf = _partsOf.SelectMany((parts, call) => parts.Select(part => (part, call))).GroupBy(pair => pair.part, pair => pair.call).ToDictionary(group => group.Key, group => group.ToArray());
        _observed = _callsOf.Keys.ToDictionary(part => part, part => part.ValuesIn(observed));
    }

    /// <summary>Describes the first part of a state that differs and that no further call can change; null if there is none.</summary>
    /// <param name="state">The state.</param>
    /// <param name="done">For each call, whether it has taken effect.</param>
    /// <param name="call">The call that has just taken effect.</param>
    public string? Find(ProjectState state, bool[] done, int call)
    {
        foreach (StatePart part in _partsOf[call])
        {
            if (Array.TrueForAll(_callsOf[part], other => done[other]) && !Equals(part.ValuesIn(state), _observed[part]))
                return $"{part} is {part.ValuesIn(state)}, but what is stored is {_observed[part] ?? "nothing"}.";
        }

        return null;
    }
}
