using BuildData.Torture.PowerCut.Recording;

namespace BuildData.Torture.PowerCut.Disk;

/// <summary>
/// A disk that follows a trace, and knows at each moment what is surely durable and which changes are pending. A power cut keeps any of the
/// pending changes.
/// </summary>
/// <remarks>
/// <para>What a sync promises:</para>
/// <list type="bullet">
/// <item>A sync of a file makes durable all that was written to this file before the sync began, and its length. It promises nothing about
/// other files.</item>
/// <item>A sync of a folder makes durable the names in this folder. It promises nothing about the name of the folder itself, nor about the
/// content of files.</item>
/// <item>Whether a sync of a file also makes its name durable, <see cref="DiskRules"/> says.</item>
/// </list>
/// <para>What may become durable without a sync:</para>
/// <list type="bullet">
/// <item>Any subset of the pending changes, in any order.</item>
/// <item>A part of a write, in sectors of 512 bytes. A sector is written as a whole or not at all, so bytes beside a write don't change
/// ("powersafe overwrite").</item>
/// <item>A sector goes through the page cache. So it contains all earlier writes to it, or none of the later ones. A write beyond an earlier
/// truncation does not become durable without the truncation.</item>
/// <item>The length of a file without the bytes: the file then has zeros there, or remains of other files.</item>
/// <item>A change of a name. Two changes of the same name keep their order. A rename is never seen in part.</item>
/// </list>
/// <para>The folder itself is durable from the beginning. Nothing that is durable is lost: the disk does not break. SQLite's shared memory
/// (<c>-shm</c>) is no part of the disk, because it is mapped and never synced.</para>
/// </remarks>
internal sealed class SimulatedDisk(DiskRules rules)
{
    /// <summary>The size of a sector in bytes.</summary>
    public const int SectorSize = 512;

    private readonly Dictionary<int, GrowingBytes> _durable = [];
    private readonly FileNames _liveNames = new();
    private readonly Dictionary<string, Queue<long>> _begunSyncs = [];
    private readonly HashSet<int> _mapped = [];
    private long _order;

    /// <summary>Gets the names that are durable.</summary>
    public FileNames DurableNames { get; } = new();

    /// <summary>Gets the changes that are not durable yet, in their order.</summary>
    public List<PendingChange> Pending { get; } = [];

    /// <summary>Returns the durable content of a file, which nobody may change.</summary>
    public GrowingBytes DurableOrEmpty(int file) => _durable.GetValueOrDefault(file) ?? new GrowingBytes();

    /// <summary>Follows an operation.</summary>
    /// <exception cref="InvalidOperationException">The process did something that the disk does not know.</exception>
    public void Apply(TraceRecord record)
    {
        _order++;
        switch (record.Kind)
        {
            case TraceKind.Created when !IsIgnored(record.Path):
                AddName(new PendingName(_order, NameChange.Create, record.File, record.Path, ""));
                break;
            case TraceKind.Written when !_mapped.Contains(record.File):
                Pending.Add(new PendingWrite(_order, record.File, record.Offset, record.Data));
                break;
            case TraceKind.Truncated when !_mapped.Contains(record.File):
                Pending.Add(new PendingLength(_order, record.File, record.Length));
                break;
            case TraceKind.Renamed:
                AddName(new PendingName(_order, NameChange.Rename, Live(record.Path), record.Path, record.OtherPath));
                break;
            case TraceKind.Unlinked when !IsIgnored(record.Path):
                AddName(new PendingName(_order, NameChange.Unlink, Live(record.Path), record.Path, ""));
                break;
            case TraceKind.FolderCreated:
                AddName(new PendingName(_order, NameChange.CreateFolder, 0, record.Path, ""));
                break;
            case TraceKind.FolderRemoved:
                AddName(new PendingName(_order, NameChange.RemoveFolder, 0, record.Path, ""));
                break;
            case TraceKind.SyncBegun:
                Begun(record.Path).Enqueue(_order);
                break;
            case TraceKind.Synced:
                Sync(record.File, Begun(record.Path).Dequeue());
                break;
            case TraceKind.FolderSynced:
                SyncFolder(record.Path, Begun(record.Path).Dequeue());
                break;
            case TraceKind.Mapped when !IsIgnored(record.Path):
                throw new InvalidOperationException($"'{record.Path}' is written through a memory mapping, which the trace does not show.");
            case TraceKind.Unknown:
                throw new InvalidOperationException($"The simulated disk does not know '{record.Path}', which was called for '{record.OtherPath}'.");
            default:
                // A memory-mapped file is found by its name: it is opened before it is written.
                if (IsIgnored(record.Path) && record.File > 0)
                    _mapped.Add(record.File);
                break;
        }
    }

    private static bool IsIgnored(string path) => path.EndsWith("-shm", StringComparison.Ordinal);

    private GrowingBytes Durable(int file)
    {
        if (!_durable.TryGetValue(file, out GrowingBytes? bytes))
            _durable[file] = bytes = new GrowingBytes();
        return bytes;
    }

    private int Live(string path) => _liveNames.Find(path) ?? throw new InvalidOperationException($"The trace has no file '{path}'.");

    private Queue<long> Begun(string path)
    {
        if (!_begunSyncs.TryGetValue(path, out Queue<long>? begun))
            _begunSyncs[path] = begun = [];
        return begun;
    }

    private void AddName(PendingName change)
    {
        if (change.Change == NameChange.Rename && FileNames.Parent(change.Path) != FileNames.Parent(change.OtherPath))
            throw new InvalidOperationException($"The simulated disk does not know a move between folders: '{change.Path}' to '{change.OtherPath}'.");
        Pending.Add(change);
        _liveNames.Apply(change);
    }

    private void Sync(int file, long begun)
    {
        foreach (PendingChange change in Pending.Where(change => change.Order < begun))
        {
            if (change is PendingWrite write && write.File == file)
                Durable(file).Write(write.Offset, write.Data);
            else if (change is PendingLength length && length.File == file)
                Durable(file).SetLength(length.Length);
        }

        Pending.RemoveAll(change => change.Order < begun && (change is PendingWrite write ? write.File == file : change is PendingLength length && length.File == file));
        if (rules == DiskRules.Journaling)
            MakeNamesDurable(change => change.Order < begun && change.File == file);
    }

    private void SyncFolder(string folder, long begun) =>
        MakeNamesDurable(change => change.Order < begun && FileNames.Parent(change.Path) == folder);

    private void MakeNamesDurable(Func<PendingName, bool> isCovered)
    {
        PendingName[] names = [.. Pending.OfType<PendingName>()];
        HashSet<PendingName> durable = Closure(names, names.Where(isCovered));
        foreach (PendingName change in names.Where(durable.Contains))
            DurableNames.Apply(change);
        Pending.RemoveAll(change => change is PendingName name && durable.Contains(name));
    }

    /// <summary>Returns the changes, and the earlier changes of the same names.</summary>
    public static HashSet<PendingName> Closure(IReadOnlyList<PendingName> all, IEnumerable<PendingName> kept)
    {
        var closure = new HashSet<PendingName>(kept);
        for (int i = all.Count - 1; i >= 0; i--)
        {
            if (closure.Contains(all[i]) || closure.Any(later => later.Order > all[i].Order && later.SharesNameWith(all[i])))
                closure.Add(all[i]);
        }

        return closure;
    }
}
