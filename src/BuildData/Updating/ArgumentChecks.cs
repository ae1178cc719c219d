using BuildData.Values;

namespace BuildData.Updating;

/// <summary>Checks arguments for several update methods.</summary>
internal static class ArgumentChecks
{
    public static void Result(BuildResult results, string parameter)
    {
        if (!Enum.IsDefined(results))
            throw new ArgumentOutOfRangeException(parameter, results, "The value is not a result code.");
    }

    public static void NotEmpty(string text, string parameter)
    {
        UnicodeText.Check(text, parameter);
        if (text.Length == 0)
            throw new ArgumentException("The text is empty.", parameter);
    }

    /// <summary>
    /// Returns a new array that contains each id once, in the original order. If the caller changes the collection later, the array stays the
    /// same.
    /// </summary>
    public static long[] DistinctIds(IReadOnlyCollection<long> ids, string parameter)
    {
        ArgumentNullException.ThrowIfNull(ids, parameter);
        return ids.Count < 2 ? [.. ids] : [.. ids.Distinct()];
    }
}
