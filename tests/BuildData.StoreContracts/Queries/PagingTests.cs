using BuildData.Queries;
using FsCheck;
using FsCheck.Fluent;

namespace BuildData.StoreContracts;

public abstract class PagingTests(StoreKind kind) : MasterTests(kind)
{
    private const int Steps = 23;

    protected override void Configure(BuildDataOptions options) => options.MaxResults = Steps;

    [SetUp]
    public async Task AddSteps()
    {
        long buildId = await Updates.Build();
        for (int i = 0; i < Steps; i++)
        {
            AddedStep step = await Updates.NewStep(buildId, $"s{i % 3}");
            if (i % 4 != 0)
                await Updates.FinishStep(step.StepId, (BuildResult)(i % 3), hidden: false);
        }
    }

    [Test]
    public void GetAll_PagesJoined_AreTheWhole()
    {
        Arbitrary<int> sizes = Gen.Choose(1, Steps + 2).ToArbitrary();
        Arbitrary<string> orders = Gen.Elements("number", "-number", "results", "-results", "name", "-state_string", "complete_at").ToArbitrary();

        Prop.ForAll(sizes, orders, async (size, order) =>
            {
                var spec = new ResultSpec { Order = [new Order(order.TrimStart('-'), order.StartsWith('-'))] };
                var joined = new List<Step>();
                for (int offset = 0; offset < Steps; offset += size)
                    joined.AddRange(await Data.GetAll<Step>($"/steps?limit={size}&offset={offset}", spec));

                joined.Should().BeEquivalentTo(await Data.GetAll<Step>("/steps", spec), options => options.WithStrictOrdering());
            })
            .QuickCheckThrowOnFailure();
    }

    [Test]
    public async Task GetAll_FullPage_CountsOnlyWhenAsked()
    {
        ResourceList<Step> plain = await Data.GetAll<Step>("/steps?limit=5&offset=2");
        ResourceList<Step> counted = await Data.GetAll<Step>("/steps?limit=5&offset=2", new ResultSpec { IncludeTotal = true });
        DataResult untyped = await Data.Get("/steps?limit=5&offset=2");

        plain.Total.Should().BeNull();
        counted.Total.Should().Be(Steps);
        (untyped.Total, untyped.Limit, untyped.Offset).Should().Be((Steps, 5, 2));
    }

    [TestCase("", Steps)]
    [TestCase("?limit=100", Steps)]
    [TestCase("?offset=20", Steps)]
    [TestCase("?limit=5&offset=20", Steps)]
    [TestCase("?results__ge=0&limit=20", 17)]
    public async Task GetAll_PageThatIsNotFull_TellsTheTotal(string query, int total)
    {
        ResourceList<Step> steps = await Data.GetAll<Step>("/steps" + query);

        steps.Total.Should().Be(total);
    }

    [Test]
    public async Task Count_Filter_CountsWhatMatches() =>
        (await Data.Count<Step>("/steps?name=s1&limit=2")).Should().Be(1);

    [Test]
    public async Task Stream_MoreThanOneQueryReturns_GivesAllById()
    {
        await Updates.NewStep(1, "one_more");

        List<long> streamed = [];
        await foreach (Step step in Data.Stream<Step>("/builds/1/steps"))
            streamed.Add(step.StepId);

        streamed.Should().Equal(Enumerable.Range(1, Steps + 1).Select(id => (long)id));
    }

    [Test]
    public async Task GetAll_MoreThanOneQueryReturns_IsRefusedNotCut()
    {
        await Updates.NewStep(1, "one_more");

        await Data.Awaiting(data => data.GetAll<Step>("/steps")).Should().ThrowAsync<InvalidQueryException>().WithMessage("*more than 23*");
        (await Data.GetAll<Step>("/steps?limit=23")).Should().HaveCount(23);
    }

    [TestCase("order=name")]
    [TestCase("order=-results")]
    [TestCase("order=complete_at&order=-number")]
    public async Task Stream_Order_IsThatOfGetAll(string order)
    {
        List<Step> streamed = [];
        await foreach (Step step in Data.Stream<Step>("/steps?" + order))
            streamed.Add(step);

        streamed.Should().Equal(await Data.GetAll<Step>("/steps?" + order));
    }

    [TestCase("limit=1", "limit")]
    [TestCase("offset=1", "offset")]
    [TestCase("after=x", "after")]
    public void Stream_Paged_IsRefused(string query, string parameter) =>
        Data.Invoking(data => data.Stream<Step>("/steps?" + query)).Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be(parameter);
}
