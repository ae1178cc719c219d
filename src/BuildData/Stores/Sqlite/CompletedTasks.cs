namespace BuildData.Stores.Sqlite;

/// <summary>Returns the results of completed tasks without awaiting them.</summary>
/// <remarks>The methods of a SQLite session run synchronously. Therefore the tasks that they return are always completed.</remarks>
internal static class CompletedTasks
{
    /// <summary>Returns the result of a completed task.</summary>
    /// <exception cref="Exception">The error of the task, if the task has failed.</exception>
    public static T ResultOf<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    /// <summary>Throws the error of a completed task, if the task has failed.</summary>
    public static void ThrowIfFailed(ValueTask task) => task.GetAwaiter().GetResult();
}
