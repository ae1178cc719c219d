namespace BuildData.StoreContracts;

/// <summary>Reads logs that a test has written.</summary>
internal static class WrittenLogs
{
    /// <summary>Returns the lines of a log as one text, with the letters of their streams.</summary>
    public static async Task<string> Text(this DataApi data, long logId) => (await data.Get<LogContents>($"/logs/{logId}/contents"))!.Content;

    /// <summary>Returns a log.</summary>
    public static async Task<StepLog> Log(this DataApi data, long logId) => (await data.Get<StepLog>($"/logs/{logId}"))!;
}
