namespace BuildData.Torture.Files;

/// <summary>What a store does after another program has changed its files.</summary>
internal enum FileChangeEffect
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>It refuses updates. When it is closed, all that it has acknowledged is in the file.</summary>
    Refused,

    /// <summary>It refuses updates until the change is undone, and then goes on.</summary>
    RefusedUntilUndone,

    /// <summary>It refuses updates. What it has acknowledged is gone with the file.</summary>
    RefusedAndLost,

    /// <summary>SQLite has no checksums of pages, so answers can be wrong. But errors are typed, and a backup restores the file.</summary>
    Damaged,
}
