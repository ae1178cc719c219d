using System.Reflection;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>Captures the statement of a query, so that a test can look at its plan.</summary>
internal sealed class CapturedQuery(SqlDialect dialect) : ReadSession
{
    private Page _page;

    public override SqlDialect Dialect => dialect;

    public string Statement { get; private set; } = "";

    /// <summary>Gets the values of the parameters: whole numbers, texts and nulls.</summary>
    public IReadOnlyList<object?> Values { get; private set; } = [];

    /// <summary>Captures the last statement of a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="spec">The query options.</param>
    /// <param name="dialect">The SQL dialect.</param>
    /// <param name="after">The values of the order in the resource before the page; null for the first page.</param>
    public static async Task<CapturedQuery> Of(Query query, ResultSpec spec, SqlDialect dialect, IReadOnlyList<SqlValue>? after = null)
    {
        var session = new CapturedQuery(dialect) { _page = new Page(10, After: after) };
        await (Task)typeof(CapturedQuery).GetMethod(query.IsCollection ? nameof(RunAll) : nameof(RunOne), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(query.ResultType).Invoke(null, [query, spec, session])!;
        return session;
    }

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        Statement = sql.Text.ToString();
        var values = new List<object?>();
        foreach (SqlValue value in sql.Values)
            values.Add(value.Kind switch { SqlValueKind.Number => value.Number, SqlValueKind.Text => value.Text, _ => null });
        Values = values;
        return ValueTask.CompletedTask;
    }

    public override ValueTask BeginSnapshot(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask EndSnapshot() => ValueTask.CompletedTask;

    private static async Task RunOne<T>(SingleQuery<T> query, ResultSpec spec, ReadSession session)
        where T : class =>
        await query.Read(session, ValidatedSpec.Validate(spec, query.Resource, isCollection: false), CancellationToken.None);

    private static async Task RunAll<T>(CollectionQuery<T> query, ResultSpec spec, CapturedQuery session)
        where T : class =>
        await PageReader.Read(query, session, ValidatedSpec.Validate(spec, query.Resource, isCollection: true), session._page, CancellationToken.None);
}
