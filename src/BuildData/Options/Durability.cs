namespace BuildData;

/// <summary>Specifies which failures a completed update survives.</summary>
public enum Durability
{
    /// <summary>
    /// When the task of the update completes, the change is on disk. The change survives a kill of the process and a power cut.
    /// </summary>
    Full,

    /// <summary>
    /// The change survives a kill of the process once the task of the update completes. A power cut or a crash of the operating system can
    /// undo the latest completed updates. Each update is either undone as a whole or not at all, and the database stays consistent.
    /// </summary>
    Normal,
}
