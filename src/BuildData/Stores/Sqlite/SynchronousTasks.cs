namespace BuildData.Stores.Sqlite;

/// <summary>Gets the results and errors of tasks that have already completed, without <c>await</c>.</summary>
/// <remarks>The methods of a SQLite session run synchronously. Therefore each task that such a method returns has already completed.</remarks>
internal static class SynchronousTasks
{
    /// <summary>Returns the result of a completed task.</summary>
    /// <exception cref="Exception">The error of the task, if the task has failed.</exception>
    public static T GetResult<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    /// <summary>Throws the error of a completed task, if the task has failed.</summary>
    public static void ThrowIfFailed(ValueTask task) => task.GetAwaiter().GetResult();
}
