using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Appends a statement that reads the related objects of a page.</summary>
/// <param name="sql">The empty statement.</param>
/// <param name="dialect">The SQL dialect of the store.</param>
/// <param name="keys">The keys of the page as a JSON array. See <see cref="SqlDialect.AppendIsOneOf"/>.</param>
/// <param name="limit">The largest number of related resources to read. A statement whose result is no longer than the page ignores it.</param>
internal delegate void AppendIncludeStatement(SqlBuilder sql, SqlDialect dialect, string keys, long limit);
