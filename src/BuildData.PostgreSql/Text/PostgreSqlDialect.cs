using BuildData.Stores;

namespace BuildData.PostgreSql.Text;

/// <summary>Provides the parts of SQL in which PostgreSQL differs from the default dialect.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    public static readonly PostgreSqlDialect Instance = new();

    public override string PositionFunction => "strpos";

    public override string AscendingNulls => " NULLS FIRST";

    public override string DescendingNulls => " DESC NULLS LAST";

    public override bool HasSeveralWriters => true;

    public override bool HasNumberGaps => true;

    // Matches the first event of every 64th ticket. The partial index events_by_time has the same condition.
    public override string SampledEvents => "sequence % 65536 = 0";

    public override string RowVersion(string alias) => alias + ".xmin::text::bigint";

    // FOR UPDATE would also conflict with transactions that add a row with a foreign key to this one.
    public override string LockRows(string alias, bool skipsLocked) => " FOR NO KEY UPDATE OF " + alias + (skipsLocked ? " SKIP LOCKED" : "");
}
