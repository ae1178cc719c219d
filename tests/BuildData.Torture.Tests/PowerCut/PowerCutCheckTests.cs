using BuildData.Torture.PowerCut;
using BuildData.Torture.PowerCut.Recording;
using BuildData.Torture.Running;

namespace BuildData.Torture.Tests.PowerCut;

/// <summary>The short form of the check that cuts the power, and proofs that it notices a disk that lies.</summary>
internal sealed class PowerCutCheckTests
{
    private static readonly PowerCutSettings Short = new() { Updates = 150, SyncPoints = 24, StatesPerSyncPoint = 16 };

    [SetUp]
    public void RequireRecorder()
    {
        if (!Recorder.IsSupported)
            Assert.Ignore("The recorder needs Linux and a C compiler.");
    }

    [TestCase("full")]
    [TestCase("normal")]
    [TestCase("full-folder")]
    [TestCase("normal-folder")]
    public async Task Run_PowerFailsAtSomeSyncs_AllPromisesHold(string scenario)
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new PowerCutCheck(Short), rounds: 1, only: scenario);

        figures["states"].Should().BeGreaterThan(50, "a check of few states would prove little");
    }

    [Test]
    public async Task Run_DiskForgetsSyncsOfLog_ViolationIsFound()
    {
        var check = new PowerCutCheck(Short with { IsForgotten = record => record.Kind == TraceKind.Synced && record.Path.EndsWith("-wal", StringComparison.Ordinal) });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1, only: "full");

        await run.Should().ThrowAsync<ViolationException>().WithMessage("*was acknowledged*");
    }

    [Test]
    public async Task Run_DiskForgetsSyncsOfDatabase_ViolationIsFound()
    {
        var check = new PowerCutCheck(Short with
        {
            Updates = 600,
            SyncPoints = 60,
            IsForgotten = record => record.Kind == TraceKind.Synced && record.Path.EndsWith(".db", StringComparison.Ordinal),
        });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1, only: "full");

        await run.Should().ThrowAsync<ViolationException>();
    }

    [Test]
    public async Task Run_DiskForgetsSyncsOfLogFolders_ViolationIsFound()
    {
        var check = new PowerCutCheck(Short with
        {
            IsForgotten = record => record.Kind == TraceKind.FolderSynced && record.Path.StartsWith("logs/", StringComparison.Ordinal),
        });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1, only: "full-folder");

        await run.Should().ThrowAsync<ViolationException>().WithMessage("*log*");
    }

    [Test]
    public async Task Run_DiskForgetsSyncsOfLogFiles_ViolationIsFound()
    {
        var check = new PowerCutCheck(Short with
        {
            IsForgotten = record => record.Kind == TraceKind.Synced && record.Path.StartsWith("logs/", StringComparison.Ordinal),
        });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1, only: "full-folder");

        await run.Should().ThrowAsync<ViolationException>().WithMessage("*log*");
    }

    [Test]
    public async Task Run_ProcessWithLessDurabilityThanExpected_ViolationIsFound()
    {
        var check = new PowerCutCheck(Short with { ExpectsTooMuch = true });

        Func<Task> run = () => ShortForm.Run(check, rounds: 1, only: "normal");

        await run.Should().ThrowAsync<ViolationException>().WithMessage("*was acknowledged*");
    }
}
