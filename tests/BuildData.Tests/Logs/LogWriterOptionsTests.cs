namespace BuildData.Tests;

/// <summary>The options of log writers are checked when they are set.</summary>
internal sealed class LogWriterOptionsTests
{
    private static IEnumerable<Func<LogWriterOptions>> Invalid =>
    [
        () => new() { BatchSize = 0 },
        () => new() { BatchSize = (64 * 1024 * 1024) + 1 },
        () => new() { BufferSize = 0 },
        () => new() { BufferSize = (1024 * 1024 * 1024) + 1 },
        () => new() { BatchTime = TimeSpan.Zero },
        () => new() { BatchTime = TimeSpan.FromDays(1.1) },
        () => new() { MaxSize = 0 },
        () => new() { TimeAfterExit = Timeout.InfiniteTimeSpan },
    ];

    [TestCaseSource(nameof(Invalid))]
    public void Option_OutOfItsRange_Throws(Func<LogWriterOptions> create) => create.Should().Throw<ArgumentOutOfRangeException>();

    [Test]
    public void Options_ByDefault_AreThoseOfTheDocumentation() =>
        new LogWriterOptions().Should().Be(new LogWriterOptions
        {
            BatchSize = 65_536,
            BatchTime = TimeSpan.FromMilliseconds(250),
            BufferSize = 4_194_304,
            MaxSize = 104_857_600,
            TimeAfterExit = TimeSpan.FromSeconds(2),
        });
}
