namespace BuildData.StoreContracts;

/// <summary>Whatever text is stored is found again exactly.</summary>
public abstract class UnicodeTextTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly string[] Texts =
    [
        "", "it's \"quoted\"; DROP TABLE steps;--", "100 % of _", "a\0b", "\0", "🚀 emoji 👩‍👩‍👧", "\u202eright to left\u202c אבג", "tab\tline\r\n", "\ufeff\uffff", "$1 ?1 @p {0}", "back\\slash \\x41 \\101",
        new string('x', 600) + "\0after", "\0" + new string('é', 2000) + "\0",
    ];

    [Test]
    public async Task FindBuilderId_LongNamesThatDifferBehindANul_AreTwoBuilders()
    {
        string start = new string('x', 600) + "\0";

        long[] ids = [await Updates.FindBuilderId(start + "a"), await Updates.FindBuilderId(start + "b"), await Updates.FindBuilderId(start + "a")];

        ids.Should().Equal(1, 2, 1);
        (await Data.Get(new BuilderByRef(start + "b")))!.BuilderId.Should().Be(2);
    }

    [TestCaseSource(nameof(Texts))]
    public Task Update_AnyTextInAnyField_IsFoundAgainExactly(string text) => AssertFoundAgain(text);

    [Test]
    public Task Update_LongTextInAnyField_IsFoundAgainExactly() => AssertFoundAgain(Long(seed: 1));

    [Test]
    public async Task FindBuilderId_LongNames_AreAsManyBuilders()
    {
        long[] ids = [await Updates.FindBuilderId(Long(1) + "a"), await Updates.FindBuilderId(Long(1) + "b"), await Updates.FindBuilderId(Long(1) + "a")];

        ids[0].Should().Be(ids[2]).And.NotBe(ids[1]);
    }

    [Test]
    public async Task SetBuildProperty_LongNames_AreAsManyProperties()
    {
        long build = await Updates.Build();

        await Updates.SetBuildProperty(build, Long(1) + "a", ("first", "test"));
        await Updates.SetBuildProperty(build, Long(1) + "b", ("second", "test"));
        await Updates.SetBuildProperty(build, Long(1) + "a", ("third", "test"));

        (await Data.Get<PropertyMap>($"/builds/{build}/properties")).Should().Equal(
            new PropertyMap { [Long(1) + "a"] = ("third", "test"), [Long(1) + "b"] = ("second", "test") });
    }

    [Test]
    public async Task Open_LongMasterName_IsThatMaster()
    {
        await Master.DisposeAsync();

        await using Master master = await Store.Open(options => options.MasterName = Long(1));

        (await master.Data.GetAll<MasterInfo>($"/masters?name={Long(1)}")).Should().ContainSingle().Which.Active.Should().BeTrue();
    }

    [Test]
    public async Task AddBuildset_ManySourceStamps_MakesAnOlderRequestOfTheSameNeedless()
    {
        SourceStampRef[] stamps = [.. Enumerable.Range(0, 2000).Select(i => (SourceStampRef)new SourceStampKey { Codebase = $"c{i}" })];
        long builder = await Updates.FindBuilderId("linux");

        await Updates.AddBuildset(sourceStamps: stamps, builderIds: [builder]);
        await Updates.AddBuildset(sourceStamps: stamps, builderIds: [builder]);

        (await Data.GetAll<BuildRequest>("/buildrequests")).Select(request => request.Results).Should().Equal(BuildResult.Skipped, null);
    }

    [Test]
    public async Task Update_HalfASurrogatePair_IsRefused()
    {
        long stepId = await Updates.Step();

        await Updates.Awaiting(updates => updates.SetStepStateString(stepId, "a\udc00")).Should().ThrowAsync<ArgumentException>().WithMessage("*index 1*");
        await Updates.Awaiting(updates => updates.AddBuildset(reason: "\ud800")).Should().ThrowAsync<ArgumentException>();
        await Updates.Awaiting(updates => updates.FindBuilderId("\ud800")).Should().ThrowAsync<ArgumentException>();
    }

    /// <summary>A text that can't be compressed to less.</summary>
    private static string Long(int seed)
    {
        var random = new Random(seed);
        return string.Create(10_000, random, static (text, random) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = (char)random.Next('\u4e00', '\u9fff');
        });
    }

    private async Task AssertFoundAgain(string text)
    {
        long builder = await Updates.FindBuilderId(text + "x");
        var stamp = new SourceStampKey
        {
            Branch = text,
            Revision = text,
            Repository = text,
            Project = text,
            Codebase = text,
            Patch = new PatchKey { Body = text, Author = text, Comment = text, Subdir = text },
        };
        AddedBuildset added = await Updates.AddBuildset(
            scheduler: text, sourceStamps: [stamp], reason: text, properties: new() { [text + "x"] = (text, text) },
            builderIds: [builder], externalIdString: text, parentRelationship: text);
        AddedBuild build = await Updates.AddBuild(builder, added.BuildRequestIds[builder]);
        AddedStep step = await Updates.NewStep(build.BuildId, "s");
        await Updates.SetStepStateString(step.StepId, text);
        await Updates.AddStepUrl(step.StepId, text, text);
        await Updates.SetBuildStateString(build.BuildId, text);
        await Updates.SetBuildProperty(build.BuildId, text + "x", (text, text));
        await Updates.UpdateBuilderInfo(builder, text, text, text, null, [text]);

        Buildset buildset = (await Data.GetAll<Buildset>($"/buildsets?reason={text}&external_idstring={text}&scheduler={text}")).Single();
        SourceStamp found = (await Data.GetAll<SourceStamp>($"/sourcestamps?branch={text}&revision={text}&repository={text}")).Single();
        Step stepFound = (await Data.GetAll<Step>($"/steps?state_string={text}&state_string__contains={text}")).Single();
        Builder builderFound = (await Data.Get<Builder>($"/builders/{text + "x"}"))!;
        PropertyMap property = new() { [text + "x"] = (text, text) };

        (buildset.Scheduler, buildset.Reason, buildset.ExternalIdString, buildset.ParentRelationship).Should().Be((text, text, text, text));
        found.Should().BeEquivalentTo(stamp);
        stepFound.StateString.Should().Be(text);
        stepFound.Urls.Should().Equal(new StepUrl(text, text));
        builderFound.Name.Should().Be(text + "x");
        (builderFound.Description, builderFound.Tags[0]).Should().Be((text, text));
        (await Data.Get<PropertyMap>($"/buildsets/{added.BuildsetId}/properties")).Should().Equal(property);
        (await Data.Get<PropertyMap>($"/builds/{build.BuildId}/properties")).Should().Equal(property);
    }
}
