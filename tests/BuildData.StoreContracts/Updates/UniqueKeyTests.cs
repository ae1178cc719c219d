namespace BuildData.StoreContracts;

/// <summary>A buildset with a unique key is added once, however often callers add it.</summary>
public abstract class UniqueKeyTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task AddBuildset_KeyIsNew_AddsIt()
    {
        long linux = await Updates.FindBuilderId("linux");

        AddedBuildset added = await Updates.AddBuildset(builderIds: [linux], uniqueKey: "delivery-1");

        added.IsNew.Should().BeTrue();
        (await Data.GetAll<BuildRequest>($"/buildsets/{added.BuildsetId}/buildrequests")).Should().ContainSingle()
            .Which.BuildRequestId.Should().Be(added.BuildRequestIds[linux]);
    }

    [Test]
    public async Task AddBuildset_KeyExists_ReturnsTheSameIds()
    {
        long linux = await Updates.FindBuilderId("linux");
        long mac = await Updates.FindBuilderId("mac");
        AddedBuildset added = await Updates.AddBuildset(builderIds: [mac, linux], uniqueKey: "delivery-1");

        AddedBuildset again = await Updates.AddBuildset(builderIds: [linux, mac], uniqueKey: "delivery-1");

        again.IsNew.Should().BeFalse();
        again.BuildsetId.Should().Be(added.BuildsetId);
        again.BuildRequestIds.Should().BeEquivalentTo(added.BuildRequestIds);
    }

    [Test]
    public async Task AddBuildset_KeyExists_ChangesAndAnnouncesNothing()
    {
        long linux = await Updates.FindBuilderId("linux");
        await Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [linux], uniqueKey: "delivery-1");
        long last = Data.Events.LastSequence;

        await Updates.AddBuildset(
            sourceStamps: [Given.Main with { Branch = "other" }], reason: "again", properties: new() { ["owner"] = ("ann", "S") }, builderIds: [linux], priority: 5,
            uniqueKey: "delivery-1");

        Data.Events.LastSequence.Should().Be(last);
        (await Data.GetAll<Buildset>("/buildsets")).Should().ContainSingle().Which.Reason.Should().BeEmpty();
        (await Data.GetAll<SourceStamp>("/sourcestamps")).Should().ContainSingle();
        (await Data.GetAll<BuildRequest>("/buildrequests")).Should().ContainSingle().Which.Priority.Should().Be(0);
    }

    [Test]
    public async Task AddBuildset_KeyOfACompletedBuildset_ReturnsIt()
    {
        AddedBuildset added = await Updates.AddBuildset(uniqueKey: "delivery-1");

        AddedBuildset again = await Updates.AddBuildset(uniqueKey: "delivery-1");

        (again.BuildsetId, again.IsNew).Should().Be((added.BuildsetId, false));
        again.BuildRequestIds.Should().BeEmpty();
    }

    [Test]
    public async Task AddBuildset_KeyExistsAndABuilderDoesNot_ReturnsTheBuildset()
    {
        AddedBuildset added = await Updates.AddBuildset(uniqueKey: "delivery-1");

        (await Updates.AddBuildset(builderIds: [999], uniqueKey: "delivery-1")).BuildsetId.Should().Be(added.BuildsetId);
    }

    [Test]
    public async Task AddBuildset_FailsWithAKey_LeavesTheKeyFree()
    {
        await Updates.Awaiting(updates => updates.AddBuildset(sourceStamps: [999], uniqueKey: "delivery-1")).Should().ThrowAsync<ResourceNotFoundException>();

        (await Updates.AddBuildset(uniqueKey: "delivery-1")).IsNew.Should().BeTrue();
    }

    [Test]
    public async Task AddBuildset_WithoutAKey_IsAlwaysNew()
    {
        AddedBuildset first = await Updates.AddBuildset();
        AddedBuildset second = await Updates.AddBuildset();

        (first.IsNew, second.IsNew).Should().Be((true, true));
        second.BuildsetId.Should().NotBe(first.BuildsetId);
    }

    [Test]
    public async Task AddBuildset_KeysThatDifferLittle_AreDifferent()
    {
        string[] keys = ["a", "A", "a ", "a\0", "a\u0001", "\u00e9", "e\u0301", "\\", "\\\\", new('x', 1_000_000), new string('x', 999_999) + "y"];

        foreach (string key in keys)
            (await Updates.AddBuildset(uniqueKey: key)).IsNew.Should().BeTrue();

        foreach (string key in keys)
            (await Updates.AddBuildset(uniqueKey: key)).IsNew.Should().BeFalse();
    }

    [Test]
    public async Task AddBuildset_KeyThatIsNoText_IsRefused([Values] bool isEmpty)
    {
        string key = isEmpty ? "" : "half a pair \ud800";

        (await Updates.Awaiting(updates => updates.AddBuildset(uniqueKey: key)).Should().ThrowAsync<ArgumentException>()).Which.ParamName.Should().Be("uniqueKey");
    }

    [Test]
    public async Task AddBuildset_KeyInATransactionThatIsUndone_IsFree()
    {
        await Updates.Awaiting(updates => updates.Transaction(async u =>
        {
            await u.AddBuildset(uniqueKey: "delivery-1");
            throw new InvalidOperationException("undone");
        })).Should().ThrowAsync<InvalidOperationException>();

        (await Updates.AddBuildset(uniqueKey: "delivery-1")).IsNew.Should().BeTrue();
    }

    [Test]
    public async Task AddBuildset_KeyOfTheSameTransaction_ReturnsTheSameIds()
    {
        long linux = await Updates.FindBuilderId("linux");
        AddedBuildset[] results = [];

        await Updates.Transaction(async u => results =
        [
            await u.AddBuildset(builderIds: [linux], uniqueKey: "delivery-1"), await u.AddBuildset(builderIds: [linux], uniqueKey: "delivery-1"),
        ]);

        results.Select(result => result.IsNew).Should().Equal(true, false);
        results[1].BuildRequestIds.Should().BeEquivalentTo(results[0].BuildRequestIds);
    }

    [Test]
    public async Task AddBuildset_ManyCallersOfTheSameKeys_AddEachOnce()
    {
        long linux = await Updates.FindBuilderId("linux");

        AddedBuildset[] results = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(i => Task.Run(() => Updates.AddBuildset(builderIds: [linux], uniqueKey: $"delivery-{i % 4}"))));

        results.Count(result => result.IsNew).Should().Be(4);
        results.Select(result => (result.BuildsetId, result.BuildRequestIds[linux])).Distinct().Should().HaveCount(4);
        (await Data.Count<Buildset>("/buildsets")).Should().Be(4);
    }
}
