using BuildData.Values;

namespace BuildData.Updating;

/// <summary>Checks of arguments that several update methods share.</summary>
internal static class ArgumentChecks
{
    public static void Result(BuildResult results, string parameter)
    {
        if (!Enum.IsDefined(results))
            throw new ArgumentOutOfRangeException(parameter, results, "It is not a result code.");
    }

    public static void NotEmpty(string text, string parameter)
    {
        UnicodeText.Check(text, parameter);
        if (text.Length == 0)
            throw new ArgumentException("It is empty.", parameter);
    }

    /// <summary>The ids, each once, in the order given: as they are now, whatever the caller does with the list later.</summary>
    public static long[] Ids(IReadOnlyCollection<long> ids, string parameter)
    {
        ArgumentNullException.ThrowIfNull(ids, parameter);
        return ids.Count < 2 ? [.. ids] : [.. ids.Distinct()];
    }
}
