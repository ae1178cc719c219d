using System.Globalization;

namespace BuildData.Resources.Steps;

/// <summary>
/// Caches the step names of one build and the number of its steps. An update uses the names to find an unused name for a new step. If a
/// build has more than <see cref="MaxCached"/> steps, only the number is cached. Then the update queries the database for an unused name.
/// </summary>
internal sealed class StepNameCache(long builderId)
{
    /// <summary>The maximum number of names that are cached for one build.</summary>
    public const int MaxCached = 10_000;

    private HashSet<string>? _names = new(StringComparer.Ordinal);

    // No step loses its name, so all suffixes below this number stay in use.
    private readonly Dictionary<string, int> _nextSuffix = new(StringComparer.Ordinal);

    /// <summary>Gets the id of the build's builder.</summary>
    public long BuilderId => builderId;

    /// <summary>Gets the number of the build's steps.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of cached names and suffixes.</summary>
    public int CachedCount => (_names?.Count ?? 0) + _nextSuffix.Count;

    /// <summary>Gets whether the names are cached. Call <see cref="IsTaken"/> only if the value is true.</summary>
    public bool AreNamesCached => _names is not null;

    /// <summary>Returns whether a step has the name. Call this method only if <see cref="AreNamesCached"/> is true.</summary>
    public bool IsTaken(string name) => _names!.Contains(name);

    /// <summary>
    /// Returns the number with which to start the search for an unused suffix of a name. All lower numbers are in use. The number 1
    /// stands for the suffix <c>_1</c>.
    /// </summary>
    public int NextSuffix(string name) => _nextSuffix.GetValueOrDefault(name, 1);

    /// <summary>
    /// Sets the number that <see cref="NextSuffix"/> returns for a name. All lower numbers must be in use as suffixes of the name.
    /// </summary>
    public void SetNextSuffix(string name, int suffix)
    {
        if (_nextSuffix.Count >= MaxCached)
            _nextSuffix.Clear();
        _nextSuffix[name] = suffix;
    }

    /// <summary>
    /// Returns the name, followed by <c>_</c> and the number. Shortens the name if the result would be longer than
    /// <see cref="Identifier.MaxLength"/>.
    /// </summary>
    public static string WithSuffix(string name, int number)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
        return Identifier.Truncate(name, Identifier.MaxLength - suffix.Length) + suffix;
    }

    /// <summary>
    /// Adds 1 to the number of steps, and caches the name of the step. Drops all names if the build now has more than
    /// <see cref="MaxCached"/> steps.
    /// </summary>
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
