namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>Tells the outcomes of calls that a scenario expects.</summary>
internal static class Outcomes
{
    /// <summary>Returns true if a call succeeds, and false if the master has refused it because of its disposal.</summary>
    public static async Task<bool> IsAccepted(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Returns true if a call succeeds, and false if it was cancelled.</summary>
    public static async Task<bool> IsNotCancelled(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
