using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using BuildData.Queries;

namespace BuildData.Tests;

/// <summary>A log of 100 MB comes back byte for byte, and the readers need little memory for it.</summary>
internal abstract class LongLogTests(StoreKind kind) : MasterTests(kind)
{
    private const long Size = 100_000_000;
    private const long MaxMemory = 16_000_000;

    [Test]
    public async Task Read_LogOf100Megabytes_ReturnsEachByteInLittleMemory()
    {
        long log = (await Updates.AddLog(await Updates.Step(), "diagnostic")).LogId;
        (string hash, long length) = await Write(log);
        StepLog row = (await Data.Get<StepLog>($"/logs/{log}"))!;
        row.NumBytes.Should().Be(length).And.BeGreaterThanOrEqualTo(Size);

        await AssertRaw(log, hash, length);
        await AssertMemory("OpenRaw", async check =>
        {
            await using RawLogStream stream = await Data.Logs.OpenRaw(log);
            (await RealLog.Hash(stream, check)).Should().Be((hash, length));
        });
        await AssertMemory("Lines", async check => (await HashLines(Data.Logs.Lines(log), check)).Should().Be((hash, length)));
        await AssertMemory("Search", async check =>
        {
            (await Data.Logs.Search(log, "no line has this text").CountAsync()).Should().Be(0);
            check();
        });

        long middle = row.NumLines / 2;
        string[] page = await Data.Logs.Lines(log, middle, middle + 999).ToArrayAsync();
        page.Should().HaveCount(1000).And.Equal((await Data.Get(new ContentsOfLog(log), new ResultSpec { Offset = middle, Limit = 1000 }))!.Content.TrimEnd('\n').Split('\n'));
    }

    private async Task<(string Hash, long Length)> Write(long log)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        await foreach (byte[] part in RealLog.Parts(Size))
        {
            hash.AppendData(part);
            length += part.Length;
            await Updates.AppendLog(log, part);
        }

        return (Convert.ToHexString(hash.GetHashAndReset()), length);
    }

    private async Task AssertRaw(long log, string hash, long length)
    {
        RawLog raw = (await Data.Get<RawLog>($"/logs/{log}/raw"))!;
        byte[] bytes = Encoding.UTF8.GetBytes(raw.Raw);
        (Convert.ToHexString(SHA256.HashData(bytes)), bytes.LongLength).Should().Be((hash, length));
    }

    private static async Task<(string Hash, long Length)> HashLines(IAsyncEnumerable<string> lines, Action every10Megabytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        await foreach (string line in lines)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
            hash.AppendData(bytes);
            if (length / 10_000_000 != (length + bytes.Length) / 10_000_000)
                every10Megabytes();
            length += bytes.Length;
        }

        return (Convert.ToHexString(hash.GetHashAndReset()), length);
    }

    /// <summary>Asserts that a method needs little memory while it reads, and prints how much.</summary>
    private static async Task AssertMemory(string name, Func<Action, Task> read)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetTotalAllocatedBytes();
        long peak = 0;
        var watch = Stopwatch.StartNew();
        await read(() => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before));

        await TestContext.Out.WriteLineAsync($"{name}: {watch.ElapsedMilliseconds} ms, {peak / 1000} KB live at most, {(GC.GetTotalAllocatedBytes() - allocated) / 1_000_000} MB allocated");
        peak.Should().BeLessThan(MaxMemory);
    }
}
