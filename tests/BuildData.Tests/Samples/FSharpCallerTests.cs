namespace BuildData.Tests;

/// <summary>The sample FSharpCaller.</summary>
internal sealed class FSharpCallerTests
{
    [Test]
    public async Task Run_NewFolder_PrintsWhatWasWrittenReadAndFollowed()
    {
        using var folder = new TempFolder();
        await using SampleProcess process = SampleProcess.Start("FSharpCaller", folder);

        (await process.WaitForEnd()).Should().Be(0);

        process.Output.Should().BeEquivalentTo("step compile finished: Success", "completed: True", "linux/x64: 1 step");
    }

    [Test]
    public async Task Run_NewFolder_LeavesTheFinishedBuild()
    {
        using var folder = new TempFolder();
        await using SampleProcess process = SampleProcess.Start("FSharpCaller", folder);

        await process.WaitForEnd();

        await using Master master = await Master.Open(folder.ConnectionString);
        (await master.Data.Get<Build>("/builders/linux%2Fx64/builds/1"))!.Results.Should().Be(BuildResult.Success);
    }
}
