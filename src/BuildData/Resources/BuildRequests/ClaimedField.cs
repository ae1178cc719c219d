using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Represents the field <c>claimed</c> of a build request. The filter <c>claimed=false</c> matches only requests that a master can
/// claim. Such a request is neither claimed nor complete.
/// </summary>
internal sealed class ClaimedField() : Field<BuildRequest>(
    "claimed", FieldType.Flag, "(CASE WHEN request.claimed_by IS NULL THEN 0 ELSE 1 END)", static request => request.Claimed), ISelectsIncomplete
{
    private const string Yes = "request.claimed_by IS NOT NULL";
    private const string No = "(request.claimed_by IS NULL AND request.complete = 0)";

    // The partial index of the waiting requests of a builder has the order of their priorities. For the order of a time, SQLite would choose an
    // index that has all requests of the builder.
    public bool CompetesWithOrder(Field? firstInOrder) => firstInOrder is not (null or { Name: "priority" });

    public bool SelectsIncomplete(Filter filter) =>
        filter.Operator is FilterOperator.Equal or FilterOperator.In && filter.Values.All(value => ToSqlValue(filter, value).Number == 0);

    public override bool Matches(object resource, Filter filter)
    {
        var request = (BuildRequest)resource;
        bool any = filter.Values.Any(value => ToSqlValue(filter, value).Number != 0 ? request.Claimed : request is { Claimed: false, Complete: false });
        return any == (filter.Operator is FilterOperator.Equal or FilterOperator.In);
    }

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter.Operator is not (FilterOperator.Equal or FilterOperator.In or FilterOperator.NotEqual or FilterOperator.NotIn))
            throw new InvalidQueryException(filter.Parameter, "a flag can be compared with eq, ne, in and notin.");

        bool yes = false;
        bool no = false;
        foreach (FilterValue value in filter.Values)
        {
            bool claimed = ToSqlValue(filter, value).Number != 0;
            yes |= claimed;
            no |= !claimed;
        }

        bool none = filter.Operator is FilterOperator.NotEqual or FilterOperator.NotIn;
        sql.Condition().Append(none ? "NOT " : "").Append((yes, no) switch
        {
            (true, true) => $"({Yes} OR {No})",
            (true, false) => $"({Yes})",
            _ => No,
        });
    }
}
