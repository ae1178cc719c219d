namespace BuildData.Torture.PowerCut.Disk;

/// <summary>What a sync of a file promises about its name.</summary>
internal enum DiskRules
{
    /// <summary>Nothing, as POSIX says: only a sync of the folder makes a name durable.</summary>
    Strict,

    /// <summary>The file is found under its name, as with ext4, XFS and btrfs.</summary>
    Journaling,
}
