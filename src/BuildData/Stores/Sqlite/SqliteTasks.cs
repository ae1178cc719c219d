namespace BuildData.Stores.Sqlite;

/// <summary>
/// Gets the results of the tasks that SQLite sessions return. The tasks are already completed, because SQLite is synchronous.
/// </summary>
internal static class SqliteTasks
{
    public static T Result<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    public static void Complete(ValueTask task) => task.GetAwaiter().GetResult();
}
