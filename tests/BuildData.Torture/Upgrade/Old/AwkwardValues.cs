using BuildData.Values;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>Random values that are easily spoiled: quotes, blanks, characters outside the basic plane, long texts, the limits of numbers.</summary>
/// <param name="random">The random numbers.</param>
internal sealed class AwkwardValues(Random random)
{
    private static readonly string[] Texts =
    [
        "", " ", "'", "\"", "\\", "%", "_", "''; DROP TABLE builds; --", "a\nb\tc\r\n", "ünïcödé", "😀", "\u200b", "null", "{\"a\":[1]}", "<b>&amp;</b>",
        new string('x', 63) + "😀" + "tail", new string('y', 10_000), "e\u0301", "\uFFFD", "0", "-1",
    ];

    private static readonly string[] Jsons =
    [
        "null", "true", "0", "-0.0", "1.50", "9007199254740993", "1e400", "\"\"", "\"ä'\\\"😀\"", "[]", "[1,[2,{\"a\":null}]]", "{}", "{\"z\":1,\"a\":{\"b\":\"c\"}}",
    ];

    // 2020 to 2026, with microseconds.
    private const long FirstTime = 1_577_836_800_000_000;
    private const long TimeSpanOfYears = 200_000_000_000_000;

    public string Text() => Pick(Texts);

    public string? OptionalText() => random.Next(3) == 0 ? null : Text();

    public DateTimeOffset Time() => Timestamp.FromMicroseconds(FirstTime + random.NextInt64(TimeSpanOfYears));

    /// <summary>Returns a time after another one, by less than a day.</summary>
    public DateTimeOffset After(DateTimeOffset time) => time + TimeSpan.FromMicroseconds(random.NextInt64(86_400_000_000));

    public BuildResult Results() => (BuildResult)random.Next(7);

    public bool Chance(int oneIn) => random.Next(oneIn) == 0;

    public long Number(int limit) => random.Next(limit);

    public T Pick<T>(params IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Returns some of the items, in their order.</summary>
    public T[] Some<T>(IEnumerable<T> items, int oneIn) => [.. items.Where(_ => random.Next(oneIn) == 0)];

    public PropertyMap Properties()
    {
        var map = new PropertyMap();
        for (int i = random.Next(4); i > 0; i--)
            map[Pick("owner", "branch", "ä'\"", "", new string('p', 100), Text())] = Property.Parse(Pick(Jsons), Pick("Scheduler", "Build", Text()));
        return map.Freeze();
    }

    public string Lines()
    {
        var text = new System.Text.StringBuilder();
        for (int i = random.Next(1, 6); i > 0; i--)
            text.Append(Text().Replace("\n", "\r", StringComparison.Ordinal)).Append('\n');
        return text.ToString();
    }
}
