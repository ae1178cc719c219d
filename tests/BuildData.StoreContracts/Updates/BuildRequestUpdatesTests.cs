namespace BuildData.StoreContracts;

public abstract class BuildRequestUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task ClaimBuildRequests_OneIsTaken_ClaimsNone()
    {
        (_, long first, _) = await Updates.Request("a");
        (_, long second, _) = await Updates.Request("b");
        await Updates.ClaimBuildRequests([second]);

        BuildRequestsResult claim = await Updates.ClaimBuildRequests([first, second]);

        (claim.Succeeded, claim.BuildRequestId, claim.Reason).Should().Be((false, second, BuildRequestRefusal.ClaimedByThisMaster));
        (await Data.Get<BuildRequest>($"/buildrequests/{first}"))!.Claimed.Should().BeFalse();
    }

    [Test]
    public async Task ClaimBuildRequests_OneIsUnknown_FailsAndClaimsNone()
    {
        (_, long first, _) = await Updates.Request();

        await Updates.Awaiting(updates => updates.ClaimBuildRequests([first, 99])).Should().ThrowAsync<ResourceNotFoundException>();

        (await Data.Get<BuildRequest>($"/buildrequests/{first}"))!.Claimed.Should().BeFalse();
    }

    [Test]
    public async Task ClaimBuildRequests_OneIsComplete_ClaimsNone()
    {
        (_, long first, _) = await Updates.Request("a");
        (_, long second, _) = await Updates.Request("b");
        await Updates.CompleteBuildRequests([second], BuildResult.Success);

        BuildRequestsResult claim = await Updates.ClaimBuildRequests([first, second]);

        (claim.Succeeded, claim.BuildRequestId, claim.Reason).Should().Be((false, second, BuildRequestRefusal.Complete));
        (await Data.GetAll<BuildRequest>("/buildrequests?claimed=true")).Should().BeEmpty();
    }

    [Test]
    public async Task ClaimBuildRequests_AnotherMasterHasClaimedIt_IsRefused()
    {
        (_, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await using Master other = await OpenOther();

        BuildRequestsResult claim = await other.Data.Updates.ClaimBuildRequests([request]);

        (claim.Succeeded, claim.BuildRequestId, claim.Reason).Should().Be((false, request, BuildRequestRefusal.ClaimedByAnotherMaster));
    }

    [Test]
    public async Task UnclaimBuildRequests_AnotherMasterHasClaimedIt_LeavesItsClaim()
    {
        (_, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await using Master other = await OpenOther();

        await other.Data.Updates.UnclaimBuildRequests([request]);

        (await other.Data.Get<BuildRequest>($"/buildrequests/{request}"))!.ClaimedByMasterId.Should().NotBeNull().And.NotBe(other.Id);
    }

    [Test]
    public async Task UnclaimBuildRequests_Claimed_CanBeClaimedAgain()
    {
        (_, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);

        await Updates.UnclaimBuildRequests([request]);

        (await Data.GetAll<BuildRequest>("/buildrequests?claimed=false")).Should().ContainSingle();
        (await Updates.ClaimBuildRequests([request])).Succeeded.Should().BeTrue();
    }

    [Test]
    public async Task CompleteBuildRequests_Retry_IsRefused()
    {
        (_, long request, _) = await Updates.Request();

        await Updates.Awaiting(updates => updates.CompleteBuildRequests([request], BuildResult.Retry))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*Retry*");
        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Complete.Should().BeFalse();
    }

    [Test]
    public async Task CompleteBuildRequests_OneIsUnknown_IsFalseAndCompletesNone()
    {
        (_, long request, _) = await Updates.Request();

        BuildRequestsResult completion = await Updates.CompleteBuildRequests([request, 99], BuildResult.Success);

        (completion.Succeeded, completion.BuildRequestId, completion.Reason).Should().Be((false, 99, BuildRequestRefusal.Unknown));
        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Complete.Should().BeFalse();
    }

    [Test]
    public async Task CompleteBuildRequests_OneIsComplete_IsFalseAndCompletesNone()
    {
        (_, long first, _) = await Updates.Request("a");
        (_, long second, _) = await Updates.Request("b");
        await Updates.CompleteBuildRequests([second], BuildResult.Success);

        BuildRequestsResult completion = await Updates.CompleteBuildRequests([first, second], BuildResult.Failure);

        (completion.Succeeded, completion.BuildRequestId, completion.Reason).Should().Be((false, second, BuildRequestRefusal.Complete));
        (await Data.Get<BuildRequest>($"/buildrequests/{first}"))!.Complete.Should().BeFalse();
    }

    [Test]
    public async Task CompleteBuildRequests_AnotherMasterHasClaimedOne_IsFalseAndCompletesNone()
    {
        (_, long first, _) = await Updates.Request("a");
        (_, long second, _) = await Updates.Request("b");
        await Updates.ClaimBuildRequests([second]);
        await using Master other = await OpenOther();

        BuildRequestsResult completion = await other.Data.Updates.CompleteBuildRequests([first, second], BuildResult.Success);

        (completion.Succeeded, completion.BuildRequestId, completion.Reason).Should().Be((false, second, BuildRequestRefusal.ClaimedByAnotherMaster));
        (await other.Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
    }

    [Test]
    public async Task CompleteBuildRequests_ByForce_CompletesWhatAnotherMasterHasClaimed()
    {
        (_, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await using Master other = await OpenOther();

        BuildRequestsResult completion = await other.Data.Updates.CompleteBuildRequests([request], BuildResult.Cancelled, force: true);

        completion.Succeeded.Should().BeTrue();
        (await other.Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task CompleteBuildRequests_NotClaimed_CanBeDoneByAnyMaster()
    {
        (_, long request, _) = await Updates.Request();
        await using Master other = await OpenOther();

        (await other.Data.Updates.CompleteBuildRequests([request], BuildResult.Success)).Succeeded.Should().BeTrue();
    }

    [Test]
    public async Task CompleteBuildRequests_LastOfTheBuildset_CompletesItWithTheWorst()
    {
        long a = await Updates.FindBuilderId("a");
        long b = await Updates.FindBuilderId("b");
        AddedBuildset added = await Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [a, b]);
        await Updates.CompleteBuildRequests([added.BuildRequestIds[a]], BuildResult.Exception);
        Buildset? before = await Data.Get<Buildset>($"/buildsets/{added.BuildsetId}");

        await Updates.CompleteBuildRequests([added.BuildRequestIds[b]], BuildResult.Failure);

        Buildset? after = await Data.Get<Buildset>($"/buildsets/{added.BuildsetId}");
        before!.Complete.Should().BeFalse();
        (after!.Complete, after.Results).Should().Be((true, BuildResult.Exception));
    }

    [Test]
    public async Task GetAll_ClaimedComparedByOrder_IsRefused() =>
        await Data.Awaiting(data => data.GetAll<BuildRequest>("/buildrequests?claimed__gt=0"))
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == "claimed__gt");

    [TestCase("claimed=true", "2")]
    [TestCase("claimed=false", "1")]
    [TestCase("claimed__ne=true", "1 3")]
    [TestCase("claimed__ne=false", "2 3")]
    [TestCase("claimed__in=true&claimed__in=false", "1 2")]
    [TestCase("order=-claimed", "2 3 1")]
    public async Task GetAll_ClaimedFilter_KnowsWhatCanBeClaimed(string query, string ids)
    {
        await Updates.Request("a");
        (_, long claimed, _) = await Updates.Request("b");
        (_, long done, _) = await Updates.Request("c");
        await Updates.ClaimBuildRequests([claimed]);
        await Updates.CompleteBuildRequests([done], BuildResult.Success);

        ResourceList<BuildRequest> requests = await Data.GetAll<BuildRequest>("/buildrequests?" + query);

        string.Join(' ', requests.Select(request => request.BuildRequestId)).Should().Be(ids);
    }

    /// <summary>Opens a master of another name on the same store. With SQLite one process writes at a time, so the first one closes.</summary>
    private async Task<Master> OpenOther()
    {
        await Master.DisposeAsync();
        return await Store.Open(options => (options.MasterName, options.TimeProvider) = ("other", Clock));
    }
}
