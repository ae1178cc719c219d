using System.Diagnostics;
using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>
/// Whatever a caller asks, the library returns an answer or throws the exception for an invalid path or query. It does so within a bounded
/// time and with bounded memory.
/// </summary>
public abstract class HostileQueryTests(StoreKind kind) : MasterTests(kind)
{
    private const int RandomPaths = 10_000;

    // Both limits are for one query, and include the largest queries that the library accepts. Memory is counted if a query runs on the thread
    // of the caller, as with SQLite: other tests allocate memory on other threads.
    private const long MostAllocatedBytes = 32 << 20;
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(5);

    [SetUp]
    public async Task AddData()
    {
        var world = new SmallWorld(Updates, Clock);
        for (int i = 0; i < 3; i++)
            await world.Grow();
    }

    [TestCase(1)]
    public async Task Get_RandomPaths_ReturnsAnAnswerOrATypedError(int seed)
    {
        var random = new Random(seed);
        int answers = 0;
        for (int i = 0; i < RandomPaths; i++)
        {
            if (await IsAnswered(NastyPaths.Create(random), $"path {i} of seed {seed}"))
                answers++;
        }

        answers.Should().BeInRange(RandomPaths / 10, RandomPaths * 9 / 10, "both valid and invalid paths are of interest");
    }

    [Test]
    public async Task Get_NastyPaths_ReturnsAnAnswerOrATypedError()
    {
        foreach (string path in NastyPaths.OfFile())
            await IsAnswered(path, Shorten(path));
    }

    [Test]
    public async Task Get_FiltersByProperties_AreLimitedBecausePlanningTakesTime()
    {
        foreach (string path in (string[])["/builds", "/buildrequests", "/buildsets"])
        {
            foreach (string op in (string[])["", "__ne"])
            {
                string filters(int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"property.p{i}{op}=1"));

                (await IsAnswered($"{path}?{filters(16)}", op)).Should().BeTrue();
                (await IsAnswered($"{path}?{filters(17)}", op)).Should().BeFalse();
            }
        }
    }

    [Test]
    public async Task Subscribe_NastyPatterns_SubscribesOrThrowsATypedError()
    {
        var random = new Random(2);
        foreach (string pattern in NastyPaths.OfFile().Concat(Enumerable.Range(0, 2_000).Select(_ => NastyPaths.Create(random))))
        {
            await Run<object?>(
                async () =>
                {
                    await Data.Events.Subscribe(pattern).DisposeAsync();
                    return null;
                },
                Shorten(pattern));
        }
    }

    [Test]
    public async Task Get_SpecWithStrangeValues_ReturnsAnAnswerOrATypedError()
    {
        string[] texts = ["", "\0", "\uD800", "\uDC00x", "\uFFFF", "'", "property.", "property.\uD800", "property.\0", "sourcestamp.\uD800", new('x', 1_000), "builder_name", "number", "complete_at", "results", "steps"];
        FilterValue[] values =
        [
            default, (FilterValue)(string)null!, "", "\0", "\uD800", new string('x', 100_000), long.MinValue, long.MaxValue, true, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, (BuildResult)99, (BuildResult)(-1),
            BuildResult.Retry,
        ];
        foreach (string text in texts)
        {
            foreach (Query query in (Query[])[new AllBuilds(), new AllBuilders(), new AllBuildsets(), new AllSteps(), new BuildByRef(1), new PropertiesOfBuild(1)])
            {
                await IsAnswered(() => Data.Get(query, new ResultSpec { Fields = [text] }), text);
                await IsAnswered(() => Data.Get(query, new ResultSpec { Order = [new Order(text)], Limit = 1 }), text);
                await IsAnswered(() => Data.Get(query, new ResultSpec { Properties = [text] }), text);
                await IsAnswered(() => Data.Get(query, new ResultSpec { Include = [text] }), text);
                await IsAnswered(() => Data.Get(query, new ResultSpec { After = text }), text);
                foreach (FilterValue value in values)
                {
                    foreach (FilterOperator op in Enum.GetValues<FilterOperator>())
                        await IsAnswered(() => Data.Get(query, new ResultSpec { Filters = [new Filter(text, op, value, value)] }), $"{text} {op} {value}");
                }
            }
        }
    }

    [Test]
    public async Task Get_SpecWithStrangeNumbers_ReturnsAnAnswerOrATypedError()
    {
        foreach (long? limit in (long?[])[null, 0, 1, -1, long.MaxValue, long.MinValue])
        {
            foreach (long? offset in (long?[])[null, 0, 1, -1, long.MaxValue, long.MinValue])
            {
                foreach (bool total in (bool[])[false, true])
                    await IsAnswered(() => Data.GetAll<Build>("/builds", new ResultSpec { Limit = limit, Offset = offset, IncludeTotal = total }), $"{limit} {offset}");
            }
        }
    }

    [Test]
    public async Task Get_TypedQueriesWithStrangeValues_ReturnsAnAnswerOrATypedError()
    {
        foreach (long id in (long[])[long.MinValue, -1, 0, long.MaxValue])
        {
            foreach (Query query in (Query[])[new BuildByRef(id), new BuildByRef(new BuildRef(id, id)), new StepByNumber(id, id), new BuildsOfBuilder(id), new BuildsOfWorker(id), new MasterById(id), new StepsOfBuild(new BuildRef("\0", id))])
                await IsAnswered(() => Data.Get(query), $"{query}");
        }

        foreach (string name in (string[])["", "\0", "1", new('x', 100_000), "\U0001F600", "%2F", "../.."])
        {
            foreach (Query query in (Query[])[new BuilderByRef(name), new WorkerByRef(name), new StepByName(1, name), new BuildsOfBuilder(name), new BuildsOfWorker(name)])
                await IsAnswered(() => Data.Get(query), Shorten(name));
        }
    }

    [Test]
    public void ResultSpec_ListsWithNull_AreRefused()
    {
        ((Action)(() => _ = new ResultSpec { Filters = [null!] })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new ResultSpec { Order = [null!] })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new ResultSpec { Fields = ["number", null!] })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new ResultSpec { Properties = [null!] })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new ResultSpec { Include = [null!] })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new ResultSpec { Include = null! })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new Filter("number", (FilterOperator)99, 1))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new StepByName(1, "\uD800"))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new BuilderByRef("\uD800"))).Should().Throw<ArgumentException>();
    }

    [TestCase("/builds?number={0}")]
    [TestCase("/builds?{0}=1")]
    [TestCase("/builds?limit={0}")]
    [TestCase("/builds?order={0}")]
    [TestCase("/builds?include={0}")]
    [TestCase("/builds?number__{0}=1")]
    [TestCase("/{0}")]
    [TestCase("/builds/{0}")]
    [TestCase("/builders?masterids__contains={0}")]
    public async Task Get_InvalidLongText_HasAShortMessage(string format)
    {
        string path = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, new string('9', 60_000));

        (await Data.Awaiting(data => data.Get(path)).Should().ThrowAsync<BuildDataException>()).Which.Message.Length.Should().BeLessThan(2_000);
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private Task<bool> IsAnswered(string path, string name) => IsAnswered(() => Data.Get(path), $"{name}: {Shorten(path)}");

    /// <summary>Returns whether a query was answered. Other tests can run at the same time, so a query that seems to be slow has further tries.</summary>
    private static async Task<bool> IsAnswered<T>(Func<Task<T>> query, string name)
    {
        for (int tries = 1; ; tries++)
        {
            long start = Stopwatch.GetTimestamp();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            Task<bool> running = Run(query, name);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            bool isAnswered = await running;
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            bytes.Should().BeLessThan(MostAllocatedBytes, name);
            if (time <= LongestTime)
                return isAnswered;
            if (tries == 3)
                throw new AssertionException($"The query took {time}: {name}");
        }
    }

    private static async Task<bool> Run<T>(Func<Task<T>> query, string name)
    {
        try
        {
            if (await query() is DataResult result)
                result.ToJson().Should().NotBeEmpty();
            return true;
        }
        catch (Exception error) when (error is InvalidPathException or InvalidQueryException)
        {
            return false;
        }
        catch (Exception error)
        {
            throw new AssertionException($"The query threw {error.GetType()}: {name}", error);
        }
    }
}
