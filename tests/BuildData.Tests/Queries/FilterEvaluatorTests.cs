using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Builders;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Masters;
using BuildData.Resources.SourceStamps;
using BuildData.Resources.Steps;
using BuildData.Resources.Workers;

namespace BuildData.Tests;

/// <summary>A filter holds in memory of just those resources that it gives from the store: any filter, in any small world.</summary>
internal abstract class FilterEvaluatorTests(StoreKind store) : MasterTests(store)
{
    private const int FiltersPerResource = 300;

    // What SQL, UTF-8 and UTF-16 might see or order differently.
    private static readonly string[] Texts =
        ["", "a", "A", "ab", "b", "ba", "B", "é", "e\u0301", "\uE000", "\uFFFD", "\uFFFF", "\U00010000", "\U0001F600", "\U0010FFFF", "a\U0001F600", "a\uFFFF", "%", "_", "a%b", "\\", "'", " ", "a\0b", "\0"];

    private Random _random = null!;
    private int _compared;
    private int _matched;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(null)]
    public async Task Matches_AnyFilter_AgreesWithTheStore(int? given)
    {
        int seed = given ?? Environment.TickCount;
        _random = new Random(seed);
        (_compared, _matched) = (0, 0);
        await MakeWorld();

        await Check(StepDefinition.Instance, "/steps", seed);
        await Check(BuildDefinition.Instance, "/builds", seed);
        await Check(BuildRequestDefinition.Instance, "/buildrequests", seed);
        await Check(BuildsetDefinition.Instance, "/buildsets", seed);
        await Check(BuilderDefinition.Instance, "/builders", seed);
        await Check(SourceStampDefinition.Instance, "/sourcestamps", seed);
        await Check(WorkerDefinition.Instance, "/workers", seed);
        await Check(MasterDefinition.Instance, "/masters", seed);

        _matched.Should().BeInRange(_compared / 20, _compared * 19 / 20, "filters that match all or nothing would prove nothing");
    }

    private async Task Check<T>(TableDefinition<T> resource, string path, int seed)
        where T : class
    {
        ResourceList<T> all = await Data.GetAll<T>(path);
        all.Should().NotBeEmpty();
        Field[] fields = [.. resource.Fields.Where(field => field.Type != FieldType.Json || field.Name == "tags")];
        for (int i = 0; i < FiltersPerResource; i++)
        {
            var spec = new ResultSpec { Filters = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => NextFilter(fields[_random.Next(fields.Length)], all))] };

            ResourceList<T> fromStore = await Data.GetAll<T>(path, spec);

            ValidatedSpec validated = ValidatedSpec.Validate(spec, resource, isCollection: true);
            T[] inMemory = [.. all.Where(validated.Matches)];
            fromStore.Select(resource.IdOf).Should().Equal(inMemory.Select(resource.IdOf), "seed {0}, {1} {2}", seed, path, Text(spec));
            _compared += all.Count;
            _matched += inMemory.Length;
        }
    }

    private Filter NextFilter<T>(Field field, IReadOnlyList<T> all)
        where T : class
    {
        FilterOperator[] operators = Operators(field);
        return new Filter(field.Name, operators[_random.Next(operators.Length)], [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NextValue(field, all))]);
    }

    private static FilterOperator[] Operators(Field field) => field switch
    {
        TagsField => [FilterOperator.Contains],
        ClaimedField => [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.In, FilterOperator.NotIn],
        _ => [.. Enum.GetValues<FilterOperator>().Where(op => op != FilterOperator.Contains || field.Type == FieldType.Text)],
    };

    private FilterValue NextValue<T>(Field field, IReadOnlyList<T> all)
    {
        switch (field.Type)
        {
            case FieldType.Integer:
                long number = _random.Next(10) == 0 ? _random.NextInt64() : _random.Next(-1, all.Count + 2);
                return _random.Next(2) == 0 ? number : FilterValue.Unparsed($"{number}");
            case FieldType.Flag:
                bool flag = _random.Next(2) == 0;
                return _random.Next(2) == 0 ? flag : FilterValue.Unparsed(flag ? "on" : "No");
            case FieldType.Result:
                var result = (BuildResult)_random.Next(7);
                return _random.Next(2) == 0 ? result : FilterValue.Unparsed($"{(int)result}");
            case FieldType.Time:
                return NextTime();
            default:
                string text = NextText();
                return _random.Next(2) == 0 ? text : FilterValue.Unparsed(text);
        }
    }

    private FilterValue NextTime()
    {
        DateTimeOffset time = Clock.GetUtcNow().AddSeconds(-_random.Next(60));
        long seconds = time.ToUnixTimeSeconds();
        return _random.Next(6) switch
        {
            0 => time,
            1 => DateTimeOffset.FromUnixTimeSeconds(seconds),
            2 => DateTimeOffset.FromUnixTimeSeconds(seconds).AddMicroseconds(_random.Next(2) == 0 ? 1 : 999_999).ToOffset(TimeSpan.FromHours(5)),
            3 => FilterValue.Unparsed($"{seconds}"),
            4 => _random.Next(4) == 0 ? long.MaxValue : -1,
            _ => seconds,
        };
    }

    private string NextText() => _random.Next(3) == 0
        ? Texts[_random.Next(Texts.Length)] + Texts[_random.Next(Texts.Length)]
        : Texts[_random.Next(Texts.Length)];

    private string? NextOptionalText() => _random.Next(3) == 0 ? null : NextText();

    private async Task MakeWorld()
    {
        var builders = new List<long>();
        for (int i = 0; i < 12; i++)
        {
            long builder = await Updates.FindBuilderId(i == 0 ? "linux" : $"{NextText()}{i}");
            builders.Add(builder);
            await Updates.UpdateBuilderInfo(
                builder, NextOptionalText(), NextOptionalText(), NextOptionalText(), _random.Next(3) == 0 ? null : _random.Next(5), [.. Enumerable.Range(0, _random.Next(4)).Select(_ => NextText())]);
            await Updates.FindWorkerId($"{(char)('A' + _random.Next(26))}{(char)('a' + _random.Next(26))}-{i}");
        }

        for (int i = 0; i < 25; i++)
        {
            Tick();
            long builder = builders[_random.Next(builders.Count)];
            AddedBuildset set = await Updates.AddBuildset(
                scheduler: NextOptionalText(), reason: NextText(), externalIdString: NextOptionalText(), builderIds: [builder, .. builders.Where(_ => _random.Next(10) == 0).Except([builder])],
                sourceStamps: [new SourceStampKey { Branch = NextOptionalText(), Revision = NextOptionalText(), Repository = NextText(), Project = NextText(), Codebase = NextText() }],
                parentBuildId: i > 5 && _random.Next(2) == 0 ? 1 : null, parentRelationship: NextOptionalText(), rebuiltBuildId: i > 5 && _random.Next(2) == 0 ? 1 : null,
                waitedFor: _random.Next(2) == 0, priority: _random.Next(-2, 3));
            long request = set.BuildRequestIds[builder];
            Tick();
            if (_random.Next(3) > 0)
                await Updates.ClaimBuildRequests([request]);
            if (i == 0 || _random.Next(3) > 0)
                await AddBuild(builder, request);
            if (_random.Next(2) == 0)
                await Updates.CompleteBuildRequests([request], (BuildResult)_random.Next(5));
        }
    }

    private async Task AddBuild(long builder, long request)
    {
        AddedBuild build = await Updates.AddBuild(builder, request, _random.Next(3) == 0 ? null : 1 + _random.Next(12));
        await Updates.SetBuildStateString(build.BuildId, NextText());
        for (int i = _random.Next(4); i >= 0; i--)
        {
            Tick();
            AddedStep step = await Updates.NewStep(build.BuildId, $"{(char)('a' + _random.Next(26))}{(char)('A' + _random.Next(26))}");
            await Updates.SetStepStateString(step.StepId, NextText());
            if (_random.Next(3) > 0)
                await Updates.StartStep(step.StepId, locksAcquired: _random.Next(2) == 0);
            Tick();
            if (_random.Next(3) > 0)
                await Updates.FinishStep(step.StepId, (BuildResult)_random.Next(7), hidden: _random.Next(2) == 0);
        }

        if (_random.Next(3) > 0)
            await Updates.FinishBuild(build.BuildId, (BuildResult)_random.Next(7));
    }

    // Some times are whole seconds, some a microsecond off.
    private void Tick()
    {
        DateTimeOffset now = Clock.GetUtcNow();
        long second = TimeSpan.TicksPerSecond - (now.UtcTicks % TimeSpan.TicksPerSecond);
        Clock.Advance(_random.Next(4) switch
        {
            0 => TimeSpan.FromTicks(second),
            1 => TimeSpan.FromTicks(second) - TimeSpan.FromMicroseconds(1),
            2 => TimeSpan.FromMicroseconds(1),
            _ => TimeSpan.FromMicroseconds(_random.Next(2_000_000)),
        });
    }

    private static string Text(ResultSpec spec) => string.Join(
        " and ", spec.Filters.Select(filter => $"{filter.Parameter} [{string.Join(", ", filter.Values.Select(value => System.Text.Json.JsonSerializer.Serialize(value.ToString())))}]"));
}
