using BuildData.Sql;

namespace BuildData.Stores;

/// <summary>A connection that runs queries for one caller at a time.</summary>
public abstract class ReadSession
{
    private readonly SqlBuilder _sql = new();

    /// <summary>What its SQL is like.</summary>
    public abstract SqlDialect Dialect { get; }

    /// <summary>The session's statement builder, empty.</summary>
    public SqlBuilder Sql() => _sql.Clear();

    /// <summary>Runs a statement and hands its rows to the sink.</summary>
    public abstract ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken);

    /// <summary>Lets the statements up to <see cref="EndSnapshot"/> see the same state.</summary>
    public abstract ValueTask BeginSnapshot(CancellationToken cancellationToken);

    /// <summary>Ends what <see cref="BeginSnapshot"/> began.</summary>
    public abstract ValueTask EndSnapshot();

    /// <summary>Runs statements and hands the rows of each to its sink. A store to which a statement is a round trip makes one of all.</summary>
    public virtual async ValueTask QueryAll(IReadOnlyList<(SqlBuilder Sql, RowSink Sink)> queries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queries);
        foreach ((SqlBuilder sql, RowSink sink) in queries)
            await Query(sql, sink, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement and maps its rows with Dapper.</summary>
    public async ValueTask<List<TRow>> Rows<TRow>(SqlBuilder sql, CancellationToken cancellationToken)
    {
        var sink = new ListSink<TRow>();
        await Query(sql, sink, cancellationToken).ConfigureAwait(false);
        return sink.Rows;
    }
}
