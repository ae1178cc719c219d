namespace BuildData.Stores.Sqlite;

/// <summary>Takes the results of a session's tasks. SQLite is synchronous, so they are complete when they are returned.</summary>
internal static class SqliteTasks
{
    public static T Result<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    public static void Complete(ValueTask task) => task.GetAwaiter().GetResult();
}
