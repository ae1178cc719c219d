using BuildData.Queries;

namespace BuildData.Benchmarks;

/// <summary>Finds a page deep in a collection.</summary>
internal static class DeepPage
{
    private const long Depth = 1_000_000;

    private const int PageSize = 10_000;

    /// <summary>
    /// Returns the token of the page after the first 1,000,000 resources, or after about the first half of a collection that has fewer.
    /// </summary>
    /// <remarks>Follows the pages. A count and an offset would read all resources of the collection in one statement, which can take minutes.</remarks>
    public static async Task<string> FindToken<T>(DataApi data, string path)
        where T : class
    {
        var tokens = new List<string>();
        int rest = 0;
        for (string? token = ""; token is not null && tokens.Count < Depth / PageSize;)
        {
            ResourceList<T> page = await data.GetAll<T>(path, new ResultSpec { Limit = PageSize, After = token.Length > 0 ? token : null });
            token = page.Next;
            if (token is not null)
                tokens.Add(token);
            rest = page.Count;
        }

        if (tokens.Count > 0)
            return tokens.Count == Depth / PageSize ? tokens[^1] : tokens[tokens.Count / 2];
        ResourceList<T> half = await data.GetAll<T>(path, new ResultSpec { Limit = Math.Max(rest / 2, 1) });
        return half.Next ?? throw new InvalidOperationException($"{path} has one page only.");
    }
}
