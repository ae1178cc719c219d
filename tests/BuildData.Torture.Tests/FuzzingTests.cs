using BuildData.Torture.Fuzzing;

namespace BuildData.Torture.Tests;

/// <summary>Runs the corpus of each target of the fuzzer, and some changed inputs.</summary>
[TestFixture]
internal sealed class FuzzingTests
{
    [TestCase("paths", 4_000)]
    [TestCase("queries", 2_000)]
    [TestCase("tokens", 2_000)]
    [TestCase("properties", 5_000)]
    [TestCase("wire", 10_000)]
    [TestCase("logs", 10_000)]
    [TestCase("http", 1_000)]
    public async Task Fuzz_CorpusAndChangedInputs_KeepsThePromise(string target, int inputs)
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new FuzzCheck(), inputs, target);

        figures[$"{target}: executions"].Should().BeGreaterThan(inputs);
    }
}
