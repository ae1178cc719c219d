using System.Diagnostics;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Updating;

/// <summary>
/// Adds ids to the activity that traces an update, such as <c>builddata.build.id</c>. The ids come from the update's plan, which lists the
/// rows that the update's arguments identify. So the update methods need no code for traces.
/// </summary>
internal static class UpdateActivityTags
{
    // Limits the size of an activity. An update can claim or complete thousands of build requests.
    private const int MaxIds = 64;

    /// <summary>Adds the ids that the arguments of an update contain.</summary>
    public static void AddArguments(Activity activity, PrefetchPlan plan)
    {
        foreach (IGrouping<string, long> rows in RowsOf(plan).Distinct().GroupBy(row => row.Table, row => row.Id))
            Add(activity, rows.Key, [.. rows.Take(MaxIds)]);
    }

    /// <summary>Adds the id that an update returns.</summary>
    public static void AddResult<TResult>(Activity activity, PrefetchPlan plan, TResult result)
    {
        if (result is IAddedRow added)
            Add(activity, added.Row.Table, [added.Row.Id]);
        else if (result is long id && plan.Need<RowIdByNameToPrefetch>() is { } name)
            Add(activity, name.Table.Name, [id]);
    }

    private static IEnumerable<RowKey> RowsOf(PrefetchPlan plan) => plan.Rows.Concat(plan.Needs.OfType<IRowToPrefetch>().Select(need => need.Row));

    private static void Add(Activity activity, string table, long[] ids)
    {
        // The name of a table is the plural of its resource.
        string resource = table[..^1];
        if (ids.Length == 1)
            activity.SetTag($"builddata.{resource}.id", ids[0]);
        else
            activity.SetTag($"builddata.{resource}.ids", ids);
    }
}
