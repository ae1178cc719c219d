namespace BuildData.Queries;

/// <summary>Does something with a query whose resource type is known only at run time.</summary>
/// <typeparam name="TResult">What the visit returns.</typeparam>
internal interface IQueryVisitor<out TResult>
{
    TResult VisitCollection<T>(CollectionQuery<T> query)
        where T : class;

    TResult VisitSingle<T>(SingleQuery<T> query)
        where T : class;
}
