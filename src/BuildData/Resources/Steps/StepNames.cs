using System.Globalization;

namespace BuildData;

/// <summary>The names of a build's steps, and with them the next step's number.</summary>
internal sealed class StepNames(long builderId)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    // Names are never given up, so what was taken below this number still is.
    private readonly Dictionary<string, int> _nextSuffix = new(StringComparer.Ordinal);

    /// <summary>The build's builder.</summary>
    public long BuilderId => builderId;

    /// <summary>How many steps the build has.</summary>
    public long Count => _names.Count;

    /// <summary>
    /// The name itself, or else the first free of <c>name_1</c>, <c>name_2</c>, …, the name cut so that the whole fits.
    /// </summary>
    public string FirstFree(string name)
    {
        if (!_names.Contains(name))
            return name;

        int number = _nextSuffix.GetValueOrDefault(name, 1);
        while (true)
        {
            string suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
            string candidate = Identifier.Cut(name, Identifier.MaxLength - suffix.Length) + suffix;
            if (!_names.Contains(candidate))
            {
                _nextSuffix[name] = number;
                return candidate;
            }

            number++;
        }
    }

    public void Add(string name) => _names.Add(name);
}
