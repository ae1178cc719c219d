namespace BuildData.Tests;

internal sealed class BuildRequestsResultTests
{
    [TestCase(BuildRequestRefusal.Unknown, "Build request 7 does not exist.")]
    [TestCase(BuildRequestRefusal.Complete, "Build request 7 is complete.")]
    [TestCase(BuildRequestRefusal.ClaimedByThisMaster, "Build request 7 is claimed by this master.")]
    [TestCase(BuildRequestRefusal.ClaimedByAnotherMaster, "Build request 7 is claimed by another master.")]
    public void ToString_Refused_NamesTheRequestAndTheReason(BuildRequestRefusal reason, string text) =>
        new BuildRequestsResult(7, reason).ToString().Should().Be(text);

    [Test]
    public void ToString_Succeeded_ReadsAsASentence() =>
        BuildRequestsResult.Success.ToString().Should().Be("All build requests were changed.");

    [Test]
    public void Boolean_OfAResult_IsWhetherItSucceeded()
    {
        bool success = BuildRequestsResult.Success;
        bool refusal = new BuildRequestsResult(7, BuildRequestRefusal.Complete);

        (success, refusal).Should().Be((true, false));
    }
}
