using System.Globalization;
using BuildData.Updating;

namespace BuildData.Resources.Steps;

/// <summary>
/// The names of a build's steps, and with them the next step's number. The names of a build with very many steps are not held:
/// then the store tells whether a name is taken.
/// </summary>
internal sealed class StepNames(long builderId)
{
    /// <summary>The names of a build with more steps than this are not held.</summary>
    public const int MostHeld = 10_000;

    private HashSet<string>? _names = new(StringComparer.Ordinal);

    // Names are never given up, so what was taken below this number still is.
    private readonly Dictionary<string, int> _nextSuffix = new(StringComparer.Ordinal);

    /// <summary>The build's builder.</summary>
    public long BuilderId => builderId;

    /// <summary>How many steps the build has.</summary>
    public long Count { get; private set; }

    /// <summary>How many names and suffixes are held.</summary>
    public int Held => (_names?.Count ?? 0) + _nextSuffix.Count;

    /// <summary>How many of them <see cref="RowCache"/> has counted.</summary>
    public int Counted { get; set; }

    /// <summary>Whether the names are held, so that <see cref="IsTaken"/> can tell.</summary>
    public bool AreHeld => _names is not null;

    /// <summary>Whether a step has the name. For builds whose names are held.</summary>
    public bool IsTaken(string name) => _names!.Contains(name);

    /// <summary>The lowest suffix that may be free for a name that is taken.</summary>
    public int NextSuffix(string name) => _nextSuffix.GetValueOrDefault(name, 1);

    /// <summary>Remembers that all lower suffixes of a name are taken.</summary>
    public void RememberSuffix(string name, int suffix)
    {
        if (_nextSuffix.Count >= MostHeld)
            _nextSuffix.Clear();
        _nextSuffix[name] = suffix;
    }

    /// <summary>The name with a suffix, cut so that the whole fits.</summary>
    public static string WithSuffix(string name, int number)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
        return Identifier.Cut(name, Identifier.MaxLength - suffix.Length) + suffix;
    }

    public void Add(string name)
    {
        Count++;
        _names?.Add(name);
        if (_names?.Count > MostHeld)
            _names = null;
    }

    /// <summary>Takes the number of steps from the store instead of their names.</summary>
    public void HoldOnlyCount(long count)
    {
        _names = null;
        Count = count;
    }
}
