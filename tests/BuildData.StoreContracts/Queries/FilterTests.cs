using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>Filters, on steps numbered 0 to 4 with the results success, warnings, failure, none, none.</summary>
public abstract class FilterTests(StoreKind kind) : MasterTests(kind)
{
    [SetUp]
    public async Task AddSteps()
    {
        long buildId = await Updates.Build();
        string[] names = ["fetch", "Compile", "compile_all", "test", "100%_done"[4..]];
        for (int i = 0; i < names.Length; i++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(400));
            AddedStep step = await Updates.NewStep(buildId, names[i]);
            await Updates.StartStep(step.StepId);
            if (i < 3)
                await Updates.FinishStep(step.StepId, (BuildResult)i, hidden: i == 1);
        }
    }

    // The steps begin 0.4, 0.8, 1.2, 1.6 and 2.0 seconds after 1,700,000,000.
    [TestCase("number=2", "2")]
    [TestCase("number__eq=2&number__eq=3", "2 3")]
    [TestCase("number__in=0&number__in=4&number__in=4", "0 4")]
    [TestCase("number__ne=2", "0 1 3 4")]
    [TestCase("number__notin=0&number__notin=1&number__notin=2", "3 4")]
    [TestCase("number__gt=1&number__le=3", "2 3")]
    [TestCase("number__ge=3", "3 4")]
    [TestCase("number__lt=-1", "")]
    [TestCase("name=compile_all", "2")]
    [TestCase("name=COMPILE", "")]
    [TestCase("name__contains=ompile", "1 2")]
    [TestCase("name__contains=Compile", "1")]
    [TestCase("name__contains=_", "2 4")]
    [TestCase("name__contains=%25", "")]
    [TestCase("name__contains=o&name__contains=all", "2")]
    [TestCase("name__gt=compile", "0 2 3")]
    [TestCase("hidden=yes", "1")]
    [TestCase("hidden=OFF", "0 2 3 4")]
    [TestCase("complete__ne=1", "3 4")]
    [TestCase("results=2", "2")]
    [TestCase("results__ne=0", "1 2 3 4")]
    [TestCase("results__notin=0&results__notin=1", "2 3 4")]
    [TestCase("results__ge=1", "1 2")]
    [TestCase("results__lt=6", "0 1 2")]
    [TestCase("started_at=1700000001", "2 3")]
    [TestCase("started_at__in=1700000000&started_at__in=1700000002", "0 1 4")]
    [TestCase("started_at__ne=1700000001", "0 1 4")]
    [TestCase("started_at__gt=1700000000", "2 3 4")]
    [TestCase("started_at__ge=1700000001", "2 3 4")]
    [TestCase("started_at__lt=1700000001", "0 1")]
    [TestCase("started_at__le=1700000001", "0 1 2 3")]
    [TestCase("complete_at__ne=1700000000", "2 3 4")]
    [TestCase("started_at__lt=9223372036854775807", "0 1 2 3 4")]
    [TestCase("started_at__gt=-9223372036854775808", "0 1 2 3 4")]
    [TestCase("number__gt=0&hidden=false&order=-number&limit=2&offset=1", "3 2")]
    public async Task GetAll_Filter_GivesWhatMatches(string query, string numbers)
    {
        ResourceList<Step> steps = await Data.GetAll<Step>("/builds/1/steps?" + query);

        string.Join(' ', steps.Select(step => step.Number)).Should().Be(numbers);
    }

    [TestCase("nosuch=1", "nosuch")]
    [TestCase("order=nosuch", "order")]
    [TestCase("order=-urls", "order")]
    [TestCase("field=nosuch", "field")]
    [TestCase("urls__contains=x", "urls__contains")]
    [TestCase("number=x", "number")]
    [TestCase("number=9223372036854775808", "number")]
    [TestCase("number__contains=1", "number__contains")]
    [TestCase("hidden=maybe", "hidden")]
    [TestCase("results=7", "results")]
    [TestCase("results=good", "results")]
    [TestCase("started_at=now", "started_at")]
    [TestCase("property=x", "property")]
    public async Task Get_WrongFilter_FailsAndNamesTheParameter(string query, string parameter) =>
        await Data.Awaiting(data => data.Get("/builds/1/steps?" + query))
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == parameter);

    [TestCase("field=name&order=number")]
    [TestCase("field=name&number=1")]
    public async Task Get_FieldThatIsNotSelected_CanNotBeFilteredOrOrderedBy(string query) =>
        await Data.Awaiting(data => data.Get("/builds/1/steps?" + query)).Should().ThrowAsync<InvalidQueryException>().WithMessage("*not among those selected*");

    [Test]
    public async Task GetAll_ResultSpec_SaysTheSameAsAQueryString()
    {
        var spec = new ResultSpec
        {
            Filters =
            [
                new Filter("results", FilterOperator.NotEqual, BuildResult.Success),
                new Filter("hidden", FilterOperator.Equal, false),
                new Filter("number", FilterOperator.LessThan, 4),
            ],
            Order = [new Order("number", descending: true)],
            Limit = 2,
        };

        ResourceList<Step> byTypes = await Data.GetAll<Step>("/steps", spec);
        ResourceList<Step> byText = await Data.GetAll<Step>("/steps?results__ne=0&hidden=no&number__lt=4&order=-number&limit=2");

        byTypes.Should().BeEquivalentTo(byText, options => options.WithStrictOrdering());
    }

    [Test]
    public async Task GetAll_ResultSpecWithATime_IsExactToTheMicrosecond()
    {
        DateTimeOffset start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_001_200);

        ResourceList<Step> steps = await Data.GetAll<Step>(
            "/steps", new ResultSpec { Filters = [new Filter("started_at", FilterOperator.Equal, start)] });

        steps.Select(step => step.Number).Should().Equal(2);
    }

    [Test]
    public async Task GetAll_ResultSpecWithAValueOfAnotherType_Fails() =>
        await Data.Awaiting(data => data.GetAll<Step>(
                "/steps", new ResultSpec { Filters = [new Filter("number", FilterOperator.Equal, "2")] }))
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == "number__eq");

    [Test]
    public async Task GetAll_LimitInPathAndSpec_Fails() =>
        await Data.Awaiting(data => data.GetAll<Step>("/steps?limit=1", new ResultSpec { Limit = 2 }))
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == "limit");

    [Test]
    public async Task GetAll_MoreValuesThanOneFilterTakes_Fails() =>
        await Data.Awaiting(data => data.GetAll<Step>(
                "/steps",
                new ResultSpec { Filters = [new Filter("number", FilterOperator.In, [.. Enumerable.Range(0, 1025).Select(i => (FilterValue)i)])] }))
            .Should().ThrowAsync<InvalidQueryException>();

    [Test]
    public async Task GetAll_MoreComparisonsThanAStoreTakes_Fails()
    {
        string contains = string.Join('&', Enumerable.Repeat("name__contains=a", 257));
        FilterValue[] times = [.. Enumerable.Range(0, 257).Select(i => (FilterValue)i)];

        await Data.Awaiting(data => data.GetAll<Step>("/steps?" + contains)).Should().ThrowAsync<InvalidQueryException>();
        await Data.Awaiting(data => data.GetAll<Step>("/steps", new ResultSpec { Filters = [new Filter("started_at", FilterOperator.In, times)] }))
            .Should().ThrowAsync<InvalidQueryException>();
        (await Data.GetAll<Step>("/steps", new ResultSpec { Filters = [new Filter("started_at", FilterOperator.In, times[..256])] })).Should().BeEmpty();
    }

    [Test]
    public async Task GetAll_TagsContain_GivesBuildersWithAllOfThem()
    {
        long linux = await Updates.FindBuilderId("linux");
        long mac = await Updates.FindBuilderId("mac");
        await Updates.UpdateBuilderInfo(linux, "d", "markdown", "<p>d</p>", 3, ["fast", "unix"]);
        await Updates.UpdateBuilderInfo(mac, null, null, null, null, ["unix"]);

        ResourceList<Builder> unix = await Data.GetAll<Builder>("/builders?tags__contains=unix");
        ResourceList<Builder> fast = await Data.GetAll<Builder>("/builders?tags__contains=unix&tags__contains=fast");

        unix.Select(builder => builder.BuilderId).Should().Equal(linux, mac);
        fast.Should().ContainSingle().Which.Should().BeEquivalentTo(new Builder
        {
            BuilderId = linux,
            Name = "linux",
            Description = "d",
            DescriptionFormat = "markdown",
            DescriptionHtml = "<p>d</p>",
            ProjectId = 3,
            Tags = ["fast", "unix"],
        });
    }
}
