namespace BuildData.Tests;

internal sealed class FolderLogStoreTests
{
    private string _folder = "";
    private FolderLogStore _store = null!;

    [SetUp]
    public void CreateStore()
    {
        _folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "logs");
        _store = new FolderLogStore(_folder);
    }

    [TearDown]
    public void DeleteFolder()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Read_WhatWasWritten_ReturnsIt()
    {
        await _store.Write(new LogChunkKey(12345, 0, 7), new byte[] { 1, 2, 3 }, CancellationToken.None);

        (await _store.Read(new LogChunkKey(12345, 0, 7), CancellationToken.None)).Should().Equal(1, 2, 3);
        File.Exists(Path.Combine(_folder, "12", "12345", "0-7.log")).Should().BeTrue();
    }

    [Test]
    public async Task Write_Again_ReplacesTheChunk()
    {
        await _store.Write(new LogChunkKey(1, 0, 7), new byte[] { 1 }, CancellationToken.None);

        await _store.Write(new LogChunkKey(1, 0, 7), new byte[] { 2 }, CancellationToken.None);

        (await _store.Read(new LogChunkKey(1, 0, 7), CancellationToken.None)).Should().Equal(2);
        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Should().ContainSingle();
    }

    [Test]
    public async Task Read_WhatWasNotWritten_ReturnsNull() => (await _store.Read(new LogChunkKey(1, 0, 7), CancellationToken.None)).Should().BeNull();

    [Test]
    public async Task DeleteLog_RemovesItsChunksOnly()
    {
        await _store.Write(new LogChunkKey(1, 0, 7), new byte[] { 1 }, CancellationToken.None);
        await _store.Write(new LogChunkKey(2, 0, 7), new byte[] { 2 }, CancellationToken.None);

        await _store.DeleteLog(1, CancellationToken.None);
        await _store.DeleteLog(1, CancellationToken.None);

        (await _store.Read(new LogChunkKey(1, 0, 7), CancellationToken.None)).Should().BeNull();
        (await _store.Read(new LogChunkKey(2, 0, 7), CancellationToken.None)).Should().Equal(2);
    }

    [Test]
    public async Task Write_IntoAPathThatIsAFile_FailsWithATypedErrorAndLeavesNothing()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "0"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "0", "1"), "in the way");

        await _store.Awaiting(store => store.Write(new LogChunkKey(1, 0, 7), new byte[] { 1 }, CancellationToken.None))
            .Should().ThrowAsync<StoreException>().WithMessage("*log 1*" + _folder + "*");

        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Should().ContainSingle();
    }
}
