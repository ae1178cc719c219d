using BuildData.Definitions;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Steps;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Updating.Prefetching;

// Locks rows. All masters use the same order.
internal sealed partial class Prefetch
{
    private void LockAll()
    {
        foreach (long[] ids in IdList.Split(_builders))
            AddLocks("builders", new SqlBuilder().Append("SELECT builder.id FROM builders AS builder WHERE builder.id IN ").AppendList(ids).Append(" ORDER BY builder.id").Append(LockClause("builder")));

        if (HasBuildsets)
            AddLocks("buildsets", AppendBuildsets(new SqlBuilder().Append("SELECT buildset.id FROM buildsets AS buildset WHERE buildset.id IN ")).Append(" ORDER BY buildset.id").Append(LockClause("buildset")));

        foreach (long[] ids in IdList.Split([.. _requests, .. _completes]))
            AddRequests(new SqlBuilder().Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM buildrequests AS request WHERE request.id IN ").AppendList(ids));
        if (_waiting.Count > 0)
        {
            AddRequests(AppendWaiting(new SqlBuilder().Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM ")));
        }

        AddResources(BuildDefinition.Instance, "builds", _builds, build => Cache.Builds[build.BuildId] = build);
        AddResources(StepDefinition.Instance, "steps", _steps, step => Cache.Steps[step.StepId] = step);

        void AddRequests(SqlBuilder sql)
        {
            ResourceSink<BuildRequest> sink = BuildRequestDefinition.Instance.CreateSink(PropertySelection.None);
            Add(sql.Append(" ORDER BY request.id").Append(LockClause("request")), sink, () => sink.Resources.ForEach(request =>
            {
                Cache.BuildRequests[request.BuildRequestId] = request;
                _locked.Add(new RowKey("buildrequests", request.BuildRequestId));
            }));
        }
    }

    private void AddLocks(string table, SqlBuilder sql)
    {
        var ids = new ListSink<long>();
        Add(sql, ids, () =>
        {
            foreach (long id in ids.Rows)
            {
                _locked.Add(new RowKey(table, id));
                if (table == "builders")
                {
                    Cache.Know(new RowKey(table, id));
                    Cache.LockedBuilders.Add(id);
                }
            }
        });
    }

    private void AddResources<T>(TableDefinition<T> resource, string table, SortedSet<long> ids, Action<T> cache)
        where T : class
    {
        foreach (long[] part in IdList.Split(ids))
        {
            var sink = new VersionedSink<T>(resource.CreateSink(PropertySelection.None), table, Cache.Versions);
            SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns).Append(", ").Append(context.Session.Dialect.RowVersion(resource.Alias))
                .Append(" AS Version FROM ").Append(resource.Table).Append(" WHERE ").Append(resource.Key).Append(" IN ").AppendList(part)
                .Append(" ORDER BY ").Append(resource.Key).Append(LockClause(resource.Alias));
            Add(sql, sink, () =>
            {
                sink.Complete();
                foreach (T row in sink.Resources)
                {
                    cache(row);
                    _locked.Add(new RowKey(table, resource.KeyOf(row)));
                }
            });
        }
    }
}
