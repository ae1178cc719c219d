using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Caches the texts of queries as strings. Caches with each text the parsers that read its result rows. Not thread-safe.
/// </summary>
internal sealed class QueryTextCache
{
    private const int MaxTexts = 500;

    private readonly Dictionary<string, (string Text, RowParsers Parsers)> _texts = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the cached text of a query, and the parsers that read its result rows. Adds both to the cache if they are not
    /// in it.
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
