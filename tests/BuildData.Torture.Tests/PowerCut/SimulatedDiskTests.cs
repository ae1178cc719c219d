using System.Collections;
using System.Text;
using BuildData.Torture.PowerCut.Disk;
using BuildData.Torture.PowerCut.Recording;

namespace BuildData.Torture.Tests.PowerCut;

/// <summary>The rules of the disk that the power-cut check simulates.</summary>
internal sealed class SimulatedDiskTests
{
    private const int File = 1;

    private SimulatedDisk _disk = null!;

    [SetUp]
    public void CreateDisk() => _disk = new SimulatedDisk(DiskRules.Strict);

    private static string X(int length) => new('x', length);

    [Test]
    public void Sync_OfWriteBeforeIt_MakesItDurable()
    {
        Write(0, "old");
        Sync();

        _disk.Pending.OfType<PendingWrite>().Should().BeEmpty();
        Content().Should().Be("old");
    }

    [Test]
    public void Sync_OfWriteWhileItRuns_LeavesItPending()
    {
        Apply(TraceKind.SyncBegun);
        Write(0, "late");
        Apply(TraceKind.Synced);

        _disk.Pending.OfType<PendingWrite>().Should().ContainSingle();
    }

    [Test]
    public void Sync_OfNewFileUnderStrictRules_LeavesItsNamePending()
    {
        Apply(TraceKind.Created);
        Sync();

        _disk.DurableNames.Find("a").Should().BeNull();
    }

    [Test]
    public void Sync_OfNewFileUnderJournalingRules_MakesItsNameDurable()
    {
        var disk = new SimulatedDisk(DiskRules.Journaling);
        disk.Apply(Record(TraceKind.Created));
        disk.Apply(Record(TraceKind.SyncBegun));
        disk.Apply(Record(TraceKind.Synced));

        disk.DurableNames.Find("a").Should().Be(File);
    }

    [Test]
    public void SyncFolder_WithNewFile_MakesItsNameDurable()
    {
        Apply(TraceKind.Created);
        SyncFolder("");

        _disk.DurableNames.Find("a").Should().Be(File);
    }

    [Test]
    public void SyncFolder_OfFolderThatIsNotDurable_LeavesItsFilesUnreachable()
    {
        _disk.Apply(Record(TraceKind.FolderCreated) with { Path = "f" });
        _disk.Apply(Record(TraceKind.Created) with { Path = "f/a" });
        SyncFolder("f");

        _disk.DurableNames.Files.Should().BeEmpty();
        SyncFolder("");
        _disk.DurableNames.Files.Should().ContainSingle();
    }

    [Test]
    public void Cut_RenameSurvives_FileIsCreatedUnderOldNameToo()
    {
        Apply(TraceKind.Created);
        _disk.Apply(Record(TraceKind.Renamed) with { OtherPath = "b" });

        PendingName[] names = [.. _disk.Pending.OfType<PendingName>()];
        SimulatedDisk.Closure(names, [names[1]]).Should().BeEquivalentTo(names);
    }

    [Test]
    public void Cut_WriteSurvivesAlone_EarlierWriteOfOtherSectorIsLost()
    {
        Write(0, X(512));
        Write(512, "later");

        Content(false, true).Should().Be($"{new string('\0', 512)}later");
    }

    [Test]
    public void Cut_WriteSurvivesAlone_EarlierWriteOfSameSectorSurvivesToo()
    {
        Write(0, "early");
        Write(5, "later");

        Content(false, true).Should().Be("earlylater");
    }

    [Test]
    public void Cut_WriteIsTorn_OneSectorIsLost()
    {
        Write(0, X(1024));
        Sync();
        Write(0, new string('y', 1024));

        var survivors = new Survivors(new BitArray(1, true)) { Lost = new Dictionary<int, BitArray> { [0] = new BitArray(new[] { true, false }) } };
        Content(survivors).Should().Be(X(512) + new string('y', 512));
    }

    [Test]
    public void Cut_WriteAfterTruncationSurvives_TruncationSurvivesToo()
    {
        Write(0, X(1024));
        Sync();
        _disk.Apply(Record(TraceKind.Truncated));
        Write(0, "new");

        Content(false, true).Should().Be("new");
    }

    [Test]
    public void Cut_OnlyLengthSurvives_FileHasZeros()
    {
        Write(0, "new");

        Content(new Survivors(new BitArray(1)) { NewSpace = NewSpace.Zeros }).Should().Be("\0\0\0");
    }

    [Test]
    public void Apply_UnknownOperation_Throws()
    {
        Action apply = () => _disk.Apply(Record(TraceKind.Unknown) with { Path = "fallocate" });

        apply.Should().Throw<InvalidOperationException>().WithMessage("*fallocate*");
    }

    [Test]
    public void Apply_WritableMappingOfDatabase_Throws()
    {
        Action apply = () => Apply(TraceKind.Mapped);

        apply.Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void Choose_FewChanges_ReturnsAllSubsets()
    {
        for (int i = 0; i < 3; i++)
            Write(i * 512, "a");

        CutChooser.Choose(_disk.Pending, new Random(1)).Where(survivors => survivors is { NewSpace: NewSpace.None, LeavesSharedMemory: false, Lost.Count: 0 })
            .Should().HaveCount(8);
    }

    private static TraceRecord Record(TraceKind kind) => new(kind, File, 0, 0, "a", "", []);

    private void Apply(TraceKind kind) => _disk.Apply(Record(kind));

    private void Write(long offset, string text) => _disk.Apply(Record(TraceKind.Written) with { Offset = offset, Data = Encoding.ASCII.GetBytes(text) });

    private void Sync()
    {
        Apply(TraceKind.SyncBegun);
        Apply(TraceKind.Synced);
    }

    private void SyncFolder(string path)
    {
        _disk.Apply(Record(TraceKind.SyncBegun) with { Path = path });
        _disk.Apply(Record(TraceKind.FolderSynced) with { Path = path });
    }

    private string Content(params bool[] kept) => Content(new Survivors(new BitArray(kept)));

    private string Content(Survivors survivors) => Encoding.ASCII.GetString(FileAfterCut.Create(_disk.DurableOrEmpty(File), _disk.Pending, File, survivors).Content);
}
