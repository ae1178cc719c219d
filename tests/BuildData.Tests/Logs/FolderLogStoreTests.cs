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

    [Test]
    public async Task Read_EachByteOfTheFileIsChanged_FailsWithATypedError()
    {
        var key = new LogChunkKey(1, 0, 7);
        await _store.Write(key, new byte[] { 1, 2, 3 }, CancellationToken.None);
        string file = Path.Combine(_folder, "0", "1", "0-7.log");
        byte[] written = await File.ReadAllBytesAsync(file);
        for (int i = 0; i < written.Length; i++)
        {
            byte[] changed = [.. written];
            changed[i] ^= 16;
            await File.WriteAllBytesAsync(file, changed);
            await _store.Awaiting(store => store.Read(key, CancellationToken.None)).Should().ThrowAsync<StoreException>().WithMessage("*0 to 7*log 1*damaged*");
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(-1)]
    public async Task Read_FileIsShortened_DoesNotReturnWhatWasWritten(int length)
    {
        var key = new LogChunkKey(1, 0, 7);
        await _store.Write(key, new byte[] { 1, 2, 3 }, CancellationToken.None);
        string file = Path.Combine(_folder, "0", "1", "0-7.log");
        byte[] written = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, length < 0 ? written[..^1] : written[..length]);

        await _store.Awaiting(store => store.Read(key, CancellationToken.None)).Should().ThrowAsync<StoreException>().WithMessage("*damaged*");
    }

    [TestCase(2, 0, 7)]
    [TestCase(1, 8, 15)]
    public async Task Read_FileIsThatOfAnotherChunk_FailsWithATypedError(long logId, long firstLine, long lastLine)
    {
        var key = new LogChunkKey(1, 0, 7);
        await _store.Write(key, new byte[] { 1, 2, 3 }, CancellationToken.None);
        await _store.Write(new LogChunkKey(logId, firstLine, lastLine), new byte[] { 4, 5, 6 }, CancellationToken.None);
        File.Copy(Path.Combine(_folder, "0", $"{logId}", $"{firstLine}-{lastLine}.log"), Path.Combine(_folder, "0", "1", "0-7.log"), overwrite: true);

        await _store.Awaiting(store => store.Read(key, CancellationToken.None)).Should().ThrowAsync<StoreException>().WithMessage("*damaged*");
    }

    [Test]
    public async Task Read_FileOfAnOlderVersionWithoutAChecksum_ReturnsIt()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "0", "1"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "0", "1", "0-7.log"), [1, 2, 3]);

        (await _store.Read(new LogChunkKey(1, 0, 7), CancellationToken.None)).Should().Equal(1, 2, 3);
    }
}
