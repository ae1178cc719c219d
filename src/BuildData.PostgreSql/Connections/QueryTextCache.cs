using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Caches the texts of queries as strings. For each text, also caches the parsers that read the result rows of the query. Not thread-safe.
/// </summary>
internal sealed class QueryTextCache
{
    private const int MaxTexts = 500;

    private readonly Dictionary<string, (string Text, RowParsers Parsers)> _texts = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the text of a query from the cache, and the parsers that read the result rows of the query. Adds both to the cache if they
    /// are missing there.
    /// </summary>
    public (string Text, RowParsers Parsers) GetOrAdd(SqlBuilder sql)
    {
        if (_texts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out (string, RowParsers) cached))
            return cached;

        if (_texts.Count >= MaxTexts)
            _texts.Clear();
        string text = sql.Text.ToString();
        cached = (text, new RowParsers());
        _texts.Add(text, cached);
        return cached;
    }
}
