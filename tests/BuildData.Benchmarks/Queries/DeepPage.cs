using BuildData.Queries;

namespace BuildData.Benchmarks;

/// <summary>Finds a page deep in a collection.</summary>
internal static class DeepPage
{
    private const long Depth = 1_000_000;

    /// <summary>
    /// Returns the token of the page after the first 1,000,000 resources, or after the first half of a collection that has fewer. An offset
    /// finds the place once.
    /// </summary>
    public static async Task<string> FindToken<T>(DataApi data, string path)
        where T : class
    {
        long count = await data.Count<T>(path);
        long depth = count > Depth ? Depth : count / 2;
        ResourceList<T> page = await data.GetAll<T>(path, new ResultSpec { Offset = Math.Max(depth - 1, 0), Limit = 1 });
        return page.Next ?? throw new InvalidOperationException($"{path} has no page after {depth} resources.");
    }
}
