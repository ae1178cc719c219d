using BuildData.Stores;

namespace BuildData.PostgreSql.Text;

/// <summary>What PostgreSQL's SQL has of its own.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    public static readonly PostgreSqlDialect Instance = new();

    public override string PositionFunction => "strpos";

    public override string AscendingNulls => " NULLS FIRST";

    public override string DescendingNulls => " DESC NULLS LAST";

    public override bool HasSeveralWriters => true;

    public override bool HasNumberGaps => true;

    // The first event of one ticket in 64.
    public override string SampledEvents => "sequence % 65536 = 0";

    public override string RowVersion(string alias) => alias + ".xmin::text::bigint";

    // Not FOR UPDATE: that would wait for everybody who adds a row that refers to this one.
    public override string LockRows(string alias, bool skipsLocked) => " FOR NO KEY UPDATE OF " + alias + (skipsLocked ? " SKIP LOCKED" : "");
}
