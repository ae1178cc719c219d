using System.Globalization;

namespace BuildData.Resources.Steps;

/// <summary>
/// Caches the number of a build's steps and their names. If a build has more than <see cref="MaxCached"/> steps, only their number
/// is cached, and a query finds out whether a name is in use.
/// </summary>
internal sealed class StepNames(long builderId)
{
    /// <summary>The largest number of steps of a build whose names are cached.</summary>
    public const int MaxCached = 10_000;

    private HashSet<string>? _names = new(StringComparer.Ordinal);

    // Names stay in use for ever, so all suffixes below this number remain in use.
    private readonly Dictionary<string, int> _nextSuffix = new(StringComparer.Ordinal);

    /// <summary>Gets the id of the build's builder.</summary>
    public long BuilderId => builderId;

    /// <summary>Gets the number of the build's steps.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of cached names and suffixes.</summary>
    public int CachedCount => (_names?.Count ?? 0) + _nextSuffix.Count;

    /// <summary>Gets whether the names are cached, which <see cref="IsTaken"/> requires.</summary>
    public bool AreCached => _names is not null;

    /// <summary>Returns whether a step has the name. May be called only if <see cref="AreCached"/> is true.</summary>
    public bool IsTaken(string name) => _names!.Contains(name);

    /// <summary>Returns the lowest suffix that may be unused for a name that is in use.</summary>
    public int NextSuffix(string name) => _nextSuffix.GetValueOrDefault(name, 1);

    /// <summary>Records that all lower suffixes of a name are in use.</summary>
    public void SetSuffix(string name, int suffix)
    {
        if (_nextSuffix.Count >= MaxCached)
            _nextSuffix.Clear();
        _nextSuffix[name] = suffix;
    }

    /// <summary>Returns the name with a suffix. The name is shortened so that both fit in the maximum length.</summary>
    public static string WithSuffix(string name, int number)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
        return Identifier.Truncate(name, Identifier.MaxLength - suffix.Length) + suffix;
    }

    public void Add(string name)
    {
        Count++;
        _names?.Add(name);
        if (_names?.Count > MaxCached)
            _names = null;
    }

    /// <summary>Sets the number of steps, as read from the store, and caches no names.</summary>
    public void CacheOnlyCount(long count)
    {
        _names = null;
        Count = count;
    }
}
