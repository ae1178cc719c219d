namespace BuildData.Torture.PowerCut.Load;

/// <summary>The words that marks begin with.</summary>
internal static class Marks
{
    /// <summary>The store was opened.</summary>
    public const string Opened = "opened";

    /// <summary>All events up to a sequence number are acknowledged.</summary>
    public const string Acknowledged = "acknowledged";

    /// <summary>The first lines of a log are acknowledged.</summary>
    public const string Lines = "lines";
}
