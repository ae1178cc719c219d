using BuildData.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildData.Tests;

internal sealed class DeferredLogTests
{
    [Test]
    public async Task Flush_TheLoggerIsSlow_WaitsForWhatWasAddedInOrder()
    {
        var log = new DeferredLog(NullLogger.Instance);
        using var goesOn = new ManualResetEventSlim();
        var written = new List<int>();
        for (int i = 0; i < 3; i++)
        {
            log.Add(
                (_, number) =>
                {
                    goesOn.Wait(Given.Patience);
                    written.Add(number);
                },
                i);
        }

        Task flushed = log.Flush();

        flushed.IsCompleted.Should().BeFalse();
        goesOn.Set();
        await flushed.WaitAsync(Given.Patience);
        written.Should().Equal(0, 1, 2);
    }
}
