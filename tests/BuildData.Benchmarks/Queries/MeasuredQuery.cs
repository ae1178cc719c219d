using BuildData.Queries;

namespace BuildData.Benchmarks;

/// <summary>Represents a query whose time is compared between a small and a large history.</summary>
/// <param name="Path">The path. A word in braces stands for a value of the history; see <see cref="HistoryValues"/>.</param>
/// <param name="Cost">What the documentation promises.</param>
/// <param name="Prepare">Returns a function that runs the query once, and returns the number of resources.</param>
internal sealed record MeasuredQuery(string Path, QueryCost Cost, Func<DataApi, HistoryValues, Task<Func<Task<long>>>> Prepare)
{
    private const int PageSize = 20;

    private static readonly ResultSpec FirstPage = new() { Limit = PageSize };

    /// <summary>A page of 20 resources, unless the path has a limit.</summary>
    public static MeasuredQuery Page<T>(string path, QueryCost cost = QueryCost.Answer)
        where T : class =>
        new(path, cost, (data, values) =>
        {
            string filled = values.Fill(path);
            ResultSpec? spec = filled.Contains("limit=", StringComparison.Ordinal) ? null : FirstPage;
            return Task.FromResult<Func<Task<long>>>(async () => (await data.GetAll<T>(filled, spec)).Count);
        });

    public static MeasuredQuery One<T>(string path)
        where T : class =>
        new(path, QueryCost.Answer, (data, values) =>
        {
            string filled = values.Fill(path);
            return Task.FromResult<Func<Task<long>>>(async () => await data.Get<T>(filled) is null ? 0 : 1);
        });

    public static MeasuredQuery Count<T>(string path, QueryCost cost)
        where T : class =>
        new($"Count {path}", cost, (data, values) =>
        {
            string filled = values.Fill(path);
            return Task.FromResult<Func<Task<long>>>(() => data.Count<T>(filled));
        });

    /// <summary>A page of 20 resources after the first 1,000,000, or after the first half of fewer resources.</summary>
    public static MeasuredQuery Deep<T>(string path, QueryCost cost = QueryCost.Answer)
        where T : class =>
        new($"deep: {path}", cost, async (data, values) =>
        {
            string filled = values.Fill(path);
            var next = new ResultSpec { After = await DeepPage.FindToken<T>(data, filled), Limit = PageSize };
            return async () => (await data.GetAll<T>(filled, next)).Count;
        });
}

/// <summary>Specifies what the documentation promises about the cost of a query.</summary>
internal enum QueryCost
{
    /// <summary>The query costs what its answer costs.</summary>
    Answer,

    /// <summary>The documentation names the query as one that reads more than it returns.</summary>
    Scan,

    /// <summary>With SQLite, the query is a <see cref="Scan"/>. With PostgreSQL, it costs what its answer costs.</summary>
    ScanOnSqlite,
}
