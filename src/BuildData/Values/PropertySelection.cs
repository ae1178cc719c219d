namespace BuildData.Values;

/// <summary>
/// Specifies which properties a query returns with builds and build requests: all properties, the properties with given names, or no
/// properties.
/// </summary>
internal sealed class PropertySelection
{
    public static readonly PropertySelection None = new(all: false, []);

    private readonly bool _all;
    private readonly HashSet<string> _names;

    public PropertySelection(bool all, IEnumerable<string> names)
    {
        _all = all;
        _names = new HashSet<string>(names, StringComparer.Ordinal);
    }

    /// <summary>Gets whether no property is selected.</summary>
    public bool IsEmpty => !_all && _names.Count == 0;

    /// <summary>Gets whether all properties are selected.</summary>
    public bool IncludesAll => _all;

    /// <summary>Gets the selected names, without duplicates.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>Returns the union of several selections.</summary>
    public static PropertySelection Union(IReadOnlyCollection<PropertySelection> selections) =>
        new(selections.Any(selection => selection._all), selections.SelectMany(selection => selection._names));

    public bool Includes(string name) => _all || _names.Contains(name);
}
