namespace BuildData;

/// <summary>Specifies which failures a completed update survives.</summary>
public enum Durability
{
    /// <summary>
    /// The change is on disk when the update's task completes. It survives a kill of the process and a power cut.
    /// </summary>
    Full,

    /// <summary>
    /// The change survives a kill of the process once the update's task completes. A power cut or a crash of the operating system can undo
    /// the latest completed updates. It never undoes part of an update, and the database stays consistent.
    /// </summary>
    Normal,
}
