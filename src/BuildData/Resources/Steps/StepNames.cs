using System.Globalization;

namespace BuildData.Resources.Steps;

/// <summary>
/// Caches how many steps a build has, and the names of these steps. If a build has more than <see cref="MaxCached"/> steps, only the
/// number of steps is cached. A query then finds out whether a name is in use.
/// </summary>
internal sealed class StepNames(long builderId)
{
    /// <summary>The maximum number of names that are cached for one build.</summary>
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

    /// <summary>Gets whether the names are cached. If not, <see cref="IsTaken"/> must not be called.</summary>
    public bool AreNamesCached => _names is not null;

    /// <summary>Returns whether a step has the name. May be called only if <see cref="AreNamesCached"/> is true.</summary>
    public bool IsTaken(string name) => _names!.Contains(name);

    /// <summary>Returns the lowest suffix that may be unused, for a name that is in use. <c>1</c> stands for the suffix <c>_1</c>.</summary>
    public int NextSuffix(string name) => _nextSuffix.GetValueOrDefault(name, 1);

    /// <summary>Sets the result of <see cref="NextSuffix"/> for a name. All lower suffixes of the name must be in use.</summary>
    public void SetNextSuffix(string name, int suffix)
    {
        if (_nextSuffix.Count >= MaxCached)
            _nextSuffix.Clear();
        _nextSuffix[name] = suffix;
    }

    /// <summary>
    /// Returns the name with the suffix <c>_</c> and the number. If the result would be longer than <see cref="Identifier.MaxLength"/>,
    /// shortens the name.
    /// </summary>
    public static string WithSuffix(string name, int number)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
        return Identifier.Truncate(name, Identifier.MaxLength - suffix.Length) + suffix;
    }

    /// <summary>Counts a step. Caches its name, unless the build has too many steps.</summary>
    public void Add(string name)
    {
        Count++;
        _names?.Add(name);
        if (_names?.Count > MaxCached)
            _names = null;
    }

    /// <summary>Sets the number of steps, and drops the cached names.</summary>
    public void CacheOnlyCount(long count)
    {
        _names = null;
        Count = count;
    }
}
