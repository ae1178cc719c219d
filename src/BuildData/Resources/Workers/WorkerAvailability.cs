using BuildData.Stores;

namespace BuildData.Resources.Workers;

/// <summary>Checks whether a worker may start builds.</summary>
internal static class WorkerAvailability
{
    /// <summary>Returns whether a worker may start builds: it is not paused, and does not shut down gracefully.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such worker.</exception>
    public static async ValueTask<bool> CanStartBuilds(UpdateContext context, long workerId)
    {
        if (!context.Cache.GetPart<WorkerAvailabilityCache>().Refusals.TryGet(workerId, out long? refusals))
        {
            List<long> rows = await context.Session.Rows<long>(AppendSelect(context.Session.Sql(), workerId), CancellationToken.None).ConfigureAwait(false);
            refusals = rows.Count == 0 ? null : rows[0];
        }

        return refusals is { } count ? count == 0 : throw new ResourceNotFoundException(WorkerDefinition.Instance.Kind, workerId);
    }

    /// <summary>
    /// Appends a SELECT that returns how many reasons prevent a worker from starting builds. The SELECT returns no row if the worker does
    /// not exist.
    /// </summary>
    public static SqlBuilder AppendSelect(SqlBuilder sql, long workerId) => sql.Append($"SELECT paused + graceful FROM workers WHERE id = {workerId}");
}
