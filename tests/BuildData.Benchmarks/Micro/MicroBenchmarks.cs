using System.Data;
using System.Data.Common;
using BenchmarkDotNet.Attributes;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Resources.Steps;

namespace BuildData.Benchmarks.Micro;

/// <summary>Single functions that every call goes through.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private readonly string _shortPath = "/steps/4711";
    private readonly string _longPath = "/builders/mac%20os%20x/builds/12/steps?results__ne=0&order=-number&limit=20";
    private readonly string _name = "mac os x";
    private readonly long _number = 12;
    private readonly SubscriptionPatternTree _tree = new();
    private readonly List<SubscriptionBuffer> _found = [];
    private readonly DbDataReader _row = StepRow();

    /// <summary>A thousand subscribers, each to a build of its own.</summary>
    [GlobalSetup]
    public void Subscribe()
    {
        using var telemetry = new Telemetry(null, null, "master");
        var hub = new EventHub(ResourceTypes.Catalog, telemetry, 16, readOnlyStore: null, new LastPublicEventCursorTracker(static (_, _) => default, static _ => { }));
        for (int build = 1; build <= 1_000; build++)
            _tree.Add(hub.Subscribe($"/builds/{build}/steps/*").Buffer);
    }

    /// <summary>Finds the one of a thousand subscribers that an event is for.</summary>
    [Benchmark]
    public int MatchEvent()
    {
        _found.Clear();
        _tree.AddMatches(new EventPath("steps", 7), _found);
        _tree.AddMatches(new EventPath("builds", 500, "steps", 7), _found);
        return _found.Count;
    }

    /// <summary>A step of its row, one link included.</summary>
    [Benchmark]
    public Step MapRow() => StepDefinition.Instance.SelectList.Read(_row);

    /// <summary>A path to its typed query.</summary>
    [Benchmark]
    public Query ParsePath() => DataApi.Parse(_shortPath, null).Query;

    /// <summary>A path with a query string to its typed query and spec.</summary>
    [Benchmark]
    public Query ParsePathAndQueryString() => DataApi.Parse(_longPath, null).Query;

    /// <summary>An interpolated path to its text.</summary>
    [Benchmark]
    public string InterpolatePath()
    {
        DataPath path = $"/builders/{_name}/builds/{_number}/steps";
        return path.ToString();
    }

    private static DataTableReader StepRow()
    {
        using var table = new System.Data.DataTable();
        object?[] values =
        [
            7L, 1L, 0L, "compile", 1_700_000_000_000_000L, null, 0L, null, "compiling 12 of 80 files", null,
            """[{"name":"log","url":"https://example.org/logs/1"}]""", 0L,
        ];
        foreach (object? value in values)
            table.Columns.Add(null, value is string ? typeof(string) : typeof(long));
        table.Rows.Add(values);
        DataTableReader reader = table.CreateDataReader();
        reader.Read();
        return reader;
    }
}
