using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>Every list of a query can be as long as it is documented, and is refused with the parameter's name where it is longer.</summary>
public abstract class LimitTests(StoreKind kind) : MasterTests(kind)
{
    [SetUp]
    public async Task AddAStep() => await Updates.Step();

    [TestCase("order=number", 64, "order")]
    [TestCase("order=-name", 64, "order")]
    [TestCase("field=number", 64, "field")]
    [TestCase("name__contains=c", 256, "name__contains")]
    [TestCase("started_at__ne=5", 256, "started_at__ne")]
    [TestCase("started_at__in=5", 256, "started_at__in")]
    [TestCase("number=0", 1_024, "number")]
    [TestCase("number__in=0", 1_024, "number__in")]
    [TestCase("name__notin=x", 1_024, "name__notin")]
    [TestCase("hidden=no", 1_024, "hidden")]
    [TestCase("results__in=2", 1_024, "results__in")]
    public async Task Get_AsOftenAsItCanBe_WorksAndOnceMoreIsRefused(string parameter, int limit, string name)
    {
        await Data.Get("/steps?" + Repeated(parameter, limit));

        await ShouldBeRefused("/steps?" + Repeated(parameter, limit + 1), null, name);
    }

    [Test]
    public async Task Get_Order_CanNotBreakTheStore() => await ShouldBeRefused("/steps?" + Repeated("order=number", 2_000), null, "order");

    [Test]
    public async Task Get_Properties_AreLimited()
    {
        string names(int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"property=p{i}"));

        await Data.GetAll<Build>("/builds?" + names(1_024));
        await Data.GetAll<BuildRequest>("/buildrequests?" + names(1_024));

        await ShouldBeRefused("/builds?" + names(1_025), null, "property");
    }

    [Test]
    public async Task Get_ListsOfASpec_AreLimited()
    {
        await Data.Get("/steps", new ResultSpec { Order = Many(64, new Order("number")), Fields = Many(64, "number") });
        await Data.Get("/builds", new ResultSpec { Properties = Many(1_024, "x") });

        await ShouldBeRefused("/steps", new ResultSpec { Order = Many(65, new Order("number")) }, "order");
        await ShouldBeRefused("/steps?order=number", new ResultSpec { Order = Many(64, new Order("number")) }, "order");
        await ShouldBeRefused("/steps", new ResultSpec { Fields = Many(65, "number") }, "field");
        await ShouldBeRefused("/builds", new ResultSpec { Properties = Many(1_025, "x") }, "property");
    }

    [Test]
    public async Task Get_FiltersOfASpec_AreLimited()
    {
        (Filter Filter, string Parameter)[] kinds =
        [
            (new("number", FilterOperator.GreaterOrEqual, 0), "number__ge"), (new("results", FilterOperator.NotEqual, BuildResult.Success), "results__ne"),
            (new("results", FilterOperator.Equal, BuildResult.Failure), "results__eq"), (new("started_at", FilterOperator.NotEqual, 5), "started_at__ne"),
        ];
        foreach ((Filter filter, string parameter) in kinds)
        {
            await Data.Get("/steps", new ResultSpec { Filters = Many(256, filter) });
            await ShouldBeRefused("/steps", new ResultSpec { Filters = Many(257, filter) }, parameter);
        }
    }

    [Test]
    public async Task Get_ValuesOfAFilterOfASpec_AreLimited()
    {
        await Data.Get("/steps", new ResultSpec { Filters = [List(1_024)] });

        await ShouldBeRefused("/steps", new ResultSpec { Filters = [List(1_025)] }, "number__in");
    }

    [Test]
    public async Task Get_AllValuesTogether_AreLimited()
    {
        await Data.Get("/steps", new ResultSpec { Filters = Many(8, List(1_024)), Limit = 1, Offset = 1 });
        await Data.Get("/builds", new ResultSpec { Filters = Many(7, List(1_024)), Properties = Many(1_024, "x"), Limit = 1 });

        await ShouldBeRefused("/steps", new ResultSpec { Filters = [.. Many(8, List(1_024)), new("hidden", FilterOperator.Equal, false)] }, "hidden__eq");
        await ShouldBeRefused("/builds", new ResultSpec { Filters = Many(8, List(1_024)), Properties = ["x"] }, "number__in");
        await ShouldBeRefused("/steps", new ResultSpec { Filters = Many(9, List(513)) }, "number__in");
        await ShouldBeRefused("/steps", new ResultSpec { Filters = Many(80, List(1_024)) }, "number__in");
    }

    [Test]
    public async Task Get_ParametersOfAQueryString_AreLimited()
    {
        string[] most = [.. new[] { "number__in=1", "stepid__in=1", "buildid__in=1", "number__notin=1" }.SelectMany(one => Enumerable.Repeat(one, 1_024))];

        await Data.Get("/steps?" + string.Join('&', most));

        await ShouldBeRefused("/steps?" + string.Join('&', most) + "&limit=1", null, "?");
    }

    [Test]
    public async Task Get_LengthOfAQueryString_IsLimited()
    {
        string query = "name=" + new string('x', 1_048_576 - "name=".Length);

        await Data.Get("/steps?" + query);

        await ShouldBeRefused("/steps?" + query + "x", null, "?");
    }

    [Test]
    public async Task Get_LengthOfAPath_IsLimited()
    {
        string path = "/builders/" + new string('x', 1_048_576 - "/builders/".Length);

        await Data.Get(path + "?order=name");

        await Data.Awaiting(data => data.Get(path + "x")).Should().ThrowAsync<InvalidPathException>();
        Data.Invoking(data => data.Events.Subscribe(path + "x")).Should().Throw<InvalidPathException>();
    }

    [Test]
    public async Task Get_LengthOfTexts_IsLimited()
    {
        string text = new('x', 1_048_576);

        await Data.Get("/builds", new ResultSpec { Filters = [new("state_string", FilterOperator.Contains, text), new($"property.{text[9..]}", FilterOperator.Equal, text)], Properties = [text] });

        await ShouldBeRefused("/builds", new ResultSpec { Filters = [new("state_string", FilterOperator.Contains, text + "x")] }, "state_string__contains");
        await ShouldBeRefused("/builds", new ResultSpec { Filters = [new($"property.{text}", FilterOperator.Equal, 1)] }, $"property.{text}__eq");
        await ShouldBeRefused("/builds", new ResultSpec { Properties = [text + "x"] }, "property");
        await ShouldBeRefused("/builds", new ResultSpec { After = text + "x" }, "after");
    }

    [Test]
    public async Task Watch_TooLongALists_IsRefused() =>
        await Data.Awaiting(data => data.Watch<Step>("/steps", new ResultSpec { Filters = Many(257, List(1)) }))
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == "number__in");

    [Test]
    public async Task Stream_TooLongALists_IsRefused() =>
        await Data.Awaiting(data => data.Stream<Step>("/steps", new ResultSpec { Filters = [List(1_025)] }).GetAsyncEnumerator().MoveNextAsync().AsTask())
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == "number__in");

    private static string Repeated(string parameter, int count) => string.Join('&', Enumerable.Repeat(parameter, count));

    private static T[] Many<T>(int count, T item) => [.. Enumerable.Repeat(item, count)];

    private static Filter List(int count) => new("number", FilterOperator.In, [.. Enumerable.Range(0, count).Select(i => (FilterValue)i)]);

    private async Task ShouldBeRefused(string path, ResultSpec? spec, string parameter) =>
        await Data.Awaiting(data => data.Get(path, spec)).Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == parameter);
}
