using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// Represents the query of the endpoints <c>/builds/newest</c> and <c>/builds/newest/{count}</c>, which return the newest builds of each
/// builder.
/// </summary>
/// <remarks>
/// The builds are ordered by builder, and the newest build of a builder comes first. Filters apply to the newest builds: with
/// <c>results=2</c>, the query returns those of the newest builds that have failed. The query costs what these builds cost, however long
/// the history is. It can't be watched.
/// </remarks>
/// <param name="PerBuilder">The number of builds of each builder, from 1 to 1,000.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="PerBuilder"/> is not in this range.</exception>
public sealed record NewestBuilds(long PerBuilder = 1) : CollectionQuery<Build>
{
    private const long MaxPerBuilder = 1000;

    private static readonly IReadOnlyList<OrderTerm> NewestOfEachBuilderFirst =
        [new(BuildDefinition.Instance.FindField("builderid")!, Descending: false), new(BuildDefinition.Instance.FindField("number")!, Descending: true)];

    /// <summary>Gets the number of builds of each builder, from 1 to 1,000. A builder with fewer builds has all of them in the result.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in this range.</exception>
    public long PerBuilder { get; init => field = Checked(value); } = Checked(PerBuilder);

    /// <inheritdoc/>
    public override string Path => PerBuilder == 1 ? "/builds/newest" : $"/builds/newest/{PerBuilder}";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal =>
        "the newest builds can't be watched. Watch '/builds?complete=false', which shows each build that begins and each that ends.";

    internal override IReadOnlyList<OrderTerm> DefaultOrder => NewestOfEachBuilderFirst;

    /// <summary>Creates the query of a path that contains the number of builds.</summary>
    /// <exception cref="InvalidPathException">The number is not in the range.</exception>
    internal static NewestBuilds OfPath(long perBuilder) =>
        perBuilder is >= 1 and <= MaxPerBuilder
            ? new NewestBuilds(perBuilder)
            : throw new InvalidPathException($"/builds/newest/{perBuilder}", $"the number of builds of each builder must be from 1 to {MaxPerBuilder}.");

    // Reads the first entries of each builder in the unique index of (builder_id, number). A planner can't move other conditions or an order
    // into the subquery, because the subquery has a limit. So it can't choose another plan for them.
    internal override void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect)
    {
        if (dialect.HasLateralSubqueries)
        {
            // With a parameter as its limit, the planner of PostgreSQL expects a tenth of the builds, and compiles the statement for more
            // milliseconds than it runs. So the frequent limit is a constant.
            sql.Append("(SELECT build.* FROM builders AS owner CROSS JOIN LATERAL ")
                .Append("(SELECT * FROM builds AS build WHERE build.builder_id = owner.id ORDER BY build.number DESC");
            if (PerBuilder == 1)
                sql.Append(" LIMIT 1");
            else
                sql.Append($" LIMIT {PerBuilder} + 0");
            sql.Append(") AS build) AS build");
            return;
        }

        // SQLite runs a CROSS JOIN in the written order. A builder with fewer builds has no number at the offset, and then all of its builds count.
        sql.Append("(SELECT build.* FROM builders AS owner CROSS JOIN builds AS build WHERE build.builder_id = owner.id AND build.number >= coalesce(")
            .Append($"(SELECT number FROM builds AS oldest WHERE oldest.builder_id = owner.id ORDER BY oldest.number DESC LIMIT 1 OFFSET {PerBuilder - 1} + 0), 0)")
            .Append(SubqueryFence.Text).Append(") AS build");
    }

    private static long Checked(long perBuilder)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perBuilder, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perBuilder, MaxPerBuilder);
        return perBuilder;
    }
}
