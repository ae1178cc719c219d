using BuildData.Torture.PowerCut.Recording;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade;
using BuildData.Torture.Upgrade.Parts;

namespace BuildData.Torture.Tests.Upgrade;

/// <summary>The short form of the check that upgrades stores.</summary>
internal sealed class UpgradeCheckTests
{
    [TestCase("versions")]
    [TestCase("killed")]
    [TestCase("two-processes")]
    [TestCase("disk")]
    [TestCase("newer")]
    [TestCase("pg-versions")]
    [TestCase("pg-newer")]
    public async Task Run_Part_OldStoresBecomeNewOnes(string part)
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new UpgradeCheck(), rounds: 1, only: part);

        if (part.StartsWith("pg", StringComparison.Ordinal) && PostgreSqlServer.Missing is { } missing)
            Assert.Ignore(missing);
        figures[$"rounds of {part}"].Should().Be(1);
    }

    [Test]
    public async Task Run_PowerFailsInMigration_StoreIsOldOrNew()
    {
        if (!Recorder.IsSupported)
            Assert.Ignore("The recorder needs Linux and a C compiler.");

        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new UpgradeCheck(new PowerCutPart(_ => false, statesOfSyncPoint: 3)), rounds: 1);

        figures["states after a power cut"].Should().BeGreaterThan(5, "a check of few states would prove little");
    }

    [Test]
    public async Task Run_DiskForgetsSyncs_ViolationIsFound()
    {
        if (!Recorder.IsSupported)
            Assert.Ignore("The recorder needs Linux and a C compiler.");
        var check = new UpgradeCheck(new PowerCutPart(record => record.Kind == TraceKind.Synced, statesOfSyncPoint: 3));

        Func<Task> run = () => ShortForm.Run(check, rounds: 1);

        await run.Should().ThrowAsync<ViolationException>();
    }
}
