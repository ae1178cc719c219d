namespace BuildData.Torture.PowerCut.Disk;

/// <summary>A change that the process has made, and that no sync has made durable yet.</summary>
/// <param name="Order">Its number. Later changes have greater numbers.</param>
internal abstract record PendingChange(long Order);

/// <summary>Bytes that were written to a file.</summary>
internal sealed record PendingWrite(long Order, int File, long Offset, byte[] Data) : PendingChange(Order)
{
    /// <summary>Gets the number of the first sector that it touches.</summary>
    public long FirstSector => Offset / SimulatedDisk.SectorSize;

    /// <summary>Gets the number of the last sector that it touches.</summary>
    public long LastSector => (Offset + Data.Length - 1) / SimulatedDisk.SectorSize;
}

/// <summary>A length that was set.</summary>
internal sealed record PendingLength(long Order, int File, long Length) : PendingChange(Order);

/// <summary>A change of a folder: a name that appears, moves or disappears.</summary>
internal sealed record PendingName(long Order, NameChange Change, int File, string Path, string OtherPath) : PendingChange(Order)
{
    /// <summary>Returns whether both changes are about the same name, so that one can't be durable without the other.</summary>
    public bool SharesNameWith(PendingName other) => Names().Any(name => other.Names().Contains(name));

    private string[] Names() => Change == NameChange.Rename ? [Path, OtherPath] : [Path];
}

/// <summary>What happens to a name.</summary>
internal enum NameChange
{
    /// <summary>A file appears.</summary>
    Create,

    /// <summary>A file gets another name.</summary>
    Rename,

    /// <summary>A file disappears.</summary>
    Unlink,

    /// <summary>A folder appears.</summary>
    CreateFolder,

    /// <summary>A folder disappears.</summary>
    RemoveFolder,
}
