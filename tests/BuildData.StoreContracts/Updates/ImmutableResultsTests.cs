using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>What is read or announced can't be changed, not even by a cast: others may hold the same object.</summary>
public abstract class ImmutableResultsTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Announced_PropertyMap_CanNotBeChangedForTheNextSubscriber()
    {
        long buildId = await Updates.Build();
        await using Subscription first = Data.Events.Subscribe("/builds/*/properties");
        await using Subscription second = Data.Events.Subscribe("/builds/*/properties");

        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));
        Spoil((PropertyMap)(await first.Next(1))[0].Resource);

        (await second.Next(1))[0].Resource.Should().Be(new PropertyMap { ["rev"] = ("9f", "Git") });
    }

    [Test]
    public async Task Announced_PropertiesOfABuild_CanNotBeChangedForTheNextSubscriber()
    {
        long buildId = await Updates.Build();
        await using Subscription first = Data.Events.Subscribe("/builds/*");
        await using Subscription second = Data.Events.Subscribe("/builds/*");

        await Updates.FinishBuild(buildId, BuildResult.Success);
        Spoil(((Build)(await first.Next(1))[0].Resource).Properties);

        ((Build)(await second.Next(1))[0].Resource).Properties.Should().BeEmpty();
    }

    [Test]
    public async Task Announced_Paths_CanNotBeChangedForTheNextSubscriber()
    {
        await using Subscription first = Data.Events.Subscribe("/steps/*");
        await using Subscription second = Data.Events.Subscribe("/steps/*");

        await Updates.Step();
        Spoil((await first.Next(1))[0].Paths, "spoilt");

        (await second.Next(1))[0].Paths.Should().Equal("/steps/1", "/builds/1/steps/1");
    }

    [Test]
    public async Task AddBuildset_Result_CanNotBeChanged()
    {
        long linux = await Updates.FindBuilderId("linux");

        AddedBuildset result = await Updates.AddBuildset(builderIds: [linux]);
        if (result.BuildRequestIds is IDictionary<long, long> { IsReadOnly: false } dictionary)
            dictionary.Clear();

        result.BuildRequestIds.Keys.Should().Equal(linux);
    }

    [Test]
    public async Task Read_PropertyMaps_AreReadOnly()
    {
        long linux = await Updates.FindBuilderId("linux");
        AddedBuildset added = await Updates.AddBuildset(builderIds: [linux], properties: new() { ["owner"] = ("ann", "S") });
        AddedBuild build = await Updates.AddBuild(linux, added.BuildRequestIds[linux]);
        await Updates.SetBuildProperty(build.BuildId, "rev", ("9f", "Git"));

        PropertyMap?[] maps =
        [
            await Data.Get<PropertyMap>($"/builds/{build.BuildId}/properties"),
            await Data.Get<PropertyMap>($"/buildsets/{added.BuildsetId}/properties"),
            await Data.Get<PropertyMap>("/builds/99/properties"),
            (await Data.Get<Build>($"/builds/{build.BuildId}"))!.Properties,
            (await Data.Get<Build>($"/builds/{build.BuildId}?property=*"))!.Properties,
            (await Data.GetAll<Build>("/builds?property=nosuch"))[0].Properties,
            (await Data.GetAll<BuildRequest>("/buildrequests?property=owner"))[0].Properties,
        ];

        maps.Should().AllSatisfy(ShouldBeReadOnly);
    }

    [Test]
    public async Task Announced_PropertyMaps_AreReadOnly()
    {
        await using Subscription plain = Data.Events.Subscribe(["/builds/*", "/builds/*/properties"]);
        await using Subscription full = Data.Events.Subscribe(["/builds/*?property=*", "/buildrequests/*?property=owner"]);

        long linux = await Updates.FindBuilderId("linux");
        AddedBuildset added = await Updates.AddBuildset(builderIds: [linux], properties: new() { ["owner"] = ("ann", "S") });
        AddedBuild build = await Updates.AddBuild(linux, added.BuildRequestIds[linux]);
        await Updates.SetBuildProperty(build.BuildId, "rev", ("9f", "Git"));
        await Updates.FinishBuild(build.BuildId, BuildResult.Success);

        List<DataEvent> events = [.. await plain.Next(3), .. await full.Next(3)];
        events.Select(e => e.Resource).Select(resource => resource switch
        {
            Build one => one.Properties,
            BuildRequest one => one.Properties,
            _ => (PropertyMap)resource,
        }).Should().AllSatisfy(ShouldBeReadOnly);
    }

    [Test]
    public async Task Watched_PropertyMaps_AreReadOnly()
    {
        long buildId = await Updates.Build();
        await using Watch<PropertyMap> properties = await Data.Watch<PropertyMap>($"/builds/{buildId}/properties");
        await using Watch<Build> builds = await Data.Watch<Build>("/builds?property=*");

        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));

        PropertyMap[] maps =
        [
            properties.InitialResult[0], (await properties.Next(1))[0].Resource, properties.Current.Single(),
            builds.InitialResult[0].Properties, (await builds.Next(1))[0].Resource.Properties, builds.Current.Single().Properties,
        ];
        maps.Should().AllSatisfy(ShouldBeReadOnly);
    }

    [Test]
    public async Task AddBuildset_MapThatIsFilledOn_StoresWhatItHadAtTheCall()
    {
        var map = new PropertyMap { ["owner"] = ("ann", "S") };
        long buildsetId = 0;

        await Updates.Transaction(async u =>
        {
            Task<AddedBuildset> adding = u.AddBuildset(properties: map);
            map["owner"] = ("bob", "S");
            map["late"] = (1, "S");
            buildsetId = (await adding).BuildsetId;
        });

        (await Data.Get<PropertyMap>($"/buildsets/{buildsetId}/properties")).Should().Equal(new PropertyMap { ["owner"] = ("ann", "S") });
    }

    [Test]
    public async Task Filter_ListThatIsFilledOn_HasWhatWasInItAtFirst()
    {
        await Updates.Step();
        await Updates.Step();
        var values = new List<FilterValue> { 1 };
        var filter = new Filter("stepid", FilterOperator.In, values);
        var filters = new List<Filter> { filter };
        var spec = new ResultSpec { Filters = filters };

        values.Add(2);
        filters.Add(new Filter("stepid", FilterOperator.Equal, 2));

        (await Data.GetAll<Step>("/steps", spec)).Select(step => step.StepId).Should().Equal(1);
    }

    [Test]
    public async Task DataResult_FieldsThatChangeAfterwards_KeepsThoseThatWereSelected()
    {
        await Updates.Step();
        var fields = new List<string> { "stepid" };
        DataResult result = await Data.Get("/steps/1", new ResultSpec { Fields = fields });

        fields.Add("name");

        result.ToJson().Should().Be("""{"stepid":1}""");
    }

    private static void ShouldBeReadOnly(PropertyMap? map)
    {
        map!.IsReadOnly.Should().BeTrue();
        map.Invoking(one => one["spoilt"] = ("x", "S")).Should().Throw<NotSupportedException>();
    }

    private static void Spoil(PropertyMap map)
    {
        if ((object)map is IDictionary<string, Property> { IsReadOnly: false } dictionary)
            dictionary.Clear();

        try
        {
            map["spoilt"] = ("x", "S");
        }
        catch (NotSupportedException)
        {
            // That is what the next subscriber relies on.
        }
    }

    private static void Spoil<T>(IReadOnlyList<T> list, T value)
    {
        try
        {
            if (list is IList<T> changeable)
                changeable[0] = value;
        }
        catch (NotSupportedException)
        {
            // As above.
        }
    }
}
