using BenchmarkDotNet.Attributes;

namespace BuildData.Benchmarks.Micro;

/// <summary>Single functions that every call goes through.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private readonly string _shortPath = "/steps/4711";
    private readonly string _longPath = "/builders/mac%20os%20x/builds/12/steps?results__ne=0&order=-number&limit=20";
    private readonly string _name = "mac os x";
    private readonly long _number = 12;

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
}
