using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Declares that the resources of a type can be filtered by other data that belongs to them. For example, builds can be filtered by the branch
/// of their source stamps, with <c>sourcestamp.branch=main</c>.
/// </summary>
/// <param name="prefix">The text before the name of a field, such as <c>sourcestamp.</c>.</param>
internal abstract class FilterRelation(string prefix)
{
    /// <summary>Gets the text before the name of a field, such as <c>sourcestamp.</c>.</summary>
    public string Prefix => prefix;

    /// <summary>Returns the field with a name; null if there is none.</summary>
    /// <param name="name">The name without the prefix.</param>
    public abstract Field? FindField(string name);

    /// <summary>Returns a text for error messages that lists the fields, such as <c>sourcestamp.branch, sourcestamp.revision</c>.</summary>
    public abstract string DescribeFields();

    /// <summary>Appends the SQL conditions of filters.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    /// <param name="isFenced">Whether each condition is a subquery with a <see cref="Sql.SubqueryFence"/>.</param>
    public abstract void AppendConditions(SqlBuilder sql, IReadOnlyList<FieldFilter> filters, SqlDialect dialect, bool isFenced);

    /// <summary>
    /// Returns the tables from which a statement should read first, if an index finds the rows that match one of the filters. Returns null if
    /// the statement should read from the table of the resources first.
    /// </summary>
    public abstract StatementStart? FindStart(Query query, IReadOnlyList<FieldFilter> filters);

    /// <summary>
    /// Returns whether a resource matches filters. The SQL conditions of <see cref="AppendConditions"/> select the same resources.
    /// </summary>
    public abstract ValueTask<bool> Matches(object resource, IReadOnlyList<FieldFilter> filters, IRelatedResources related, CancellationToken cancellationToken);

    /// <summary>Returns the names of the properties that the filters compare. The query also returns these properties.</summary>
    public virtual IEnumerable<string> PropertyNames(IReadOnlyList<FieldFilter> filters) => [];
}
