namespace BuildData;

/// <summary>What a completed update has survived.</summary>
public enum Durability
{
    /// <summary>
    /// When an update's task completes, the change is on the disk: it survives a kill of the process and a power cut.
    /// </summary>
    Full,

    /// <summary>
    /// When an update's task completes, the change survives a kill of the process. A power cut or a crash of the operating
    /// system can undo the last completed updates, always the latest ones and never part of one; the file stays sound.
    /// </summary>
    Normal,
}
