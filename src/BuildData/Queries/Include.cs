using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Declares data that a query returns together with its resources if the query options name it. For example, <c>include=steps</c> returns
/// builds together with their steps.
/// </summary>
/// <param name="name">The name in <see cref="ResultSpec.Include"/>. It is also the wire name of the attribute that contains the data.</param>
internal abstract class Include(string name)
{
    /// <summary>Gets the name, such as <c>steps</c>.</summary>
    public string Name => name;
}

/// <inheritdoc/>
/// <typeparam name="T">The type of the resources to which the data belongs.</typeparam>
internal abstract class Include<T>(string name) : Include(name)
    where T : class
{
    /// <summary>Creates the statement that reads the data of all resources of a page.</summary>
    /// <param name="page">The resources, at least one.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    /// <param name="limit">The largest number of related resources that the statement returns.</param>
    public abstract IncludeStatement<T> CreateStatement(IReadOnlyList<T> page, SqlDialect dialect, long limit);
}
