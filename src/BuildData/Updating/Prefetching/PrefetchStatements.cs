using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Updating.Prefetching;

/// <summary>Collects the SQL statements of a prefetch, and sends them in one round trip.</summary>
internal sealed class PrefetchStatements(WriteSession session)
{
    private readonly List<(SqlBuilder Sql, RowSink Sink)> _statements = [];
    private readonly List<Action> _onAllRead = [];

    /// <summary>Adds a statement. <see cref="Run"/> sends all added statements.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="sink">Receives the rows of the statement's result.</param>
    /// <param name="onAllRead">Called when the rows of all statements have been read. The calls are in the order of the statements.</param>
    public void Add(SqlBuilder sql, RowSink sink, Action? onAllRead = null)
    {
        _statements.Add((sql, sink));
        if (onAllRead is not null)
            _onAllRead.Add(onAllRead);
    }

    /// <summary>Adds a statement that reads resources.</summary>
    public void Add<T>(SqlBuilder sql, ResourceSink<T> sink, Action<T> onResource) =>
        Add(sql, (RowSink)sink, () =>
        {
            sink.CompleteLastResource();
            sink.Resources.ForEach(onResource);
        });

    /// <summary>Adds a statement that reads resources with their data from other tables, such as the tags of a builder.</summary>
    /// <param name="resource">The resource type.</param>
    /// <param name="appendIds">Appends the ids of the resources to the statement, in parentheses.</param>
    /// <param name="onResource">Called with each resource when the rows of all statements have been read.</param>
    public void AddWithDetails<T>(TableDefinition<T> resource, Action<SqlBuilder> appendIds, Action<T> onResource)
        where T : class
    {
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, PropertySelection.None);
        sql.Append(" FROM ").Append(resource.Table);
        resource.AppendDetailJoins(sql, PropertySelection.None);
        sql.Append(" WHERE ").Append(resource.IdColumn).Append(" IN ");
        appendIds(sql);
        sql.Append(" ORDER BY ").Append(resource.IdColumn).Append(", ").Append(resource.DetailOrderColumn(PropertySelection.None));
        Add(sql, resource.CreateSink(PropertySelection.None), onResource);
    }

    /// <summary>Sends the statements and reads their rows.</summary>
    public async ValueTask Run()
    {
        if (_statements.Count == 0)
            return;

        await session.QueryAll(_statements, CancellationToken.None).ConfigureAwait(false);
        _onAllRead.ForEach(callback => callback());
        _statements.Clear();
        _onAllRead.Clear();
    }
}
