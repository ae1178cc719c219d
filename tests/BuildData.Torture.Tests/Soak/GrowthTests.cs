using BuildData.Torture.Soak.Measuring;

namespace BuildData.Torture.Tests.Soak;

/// <summary>The decision whether a series grows, with made-up readings.</summary>
internal sealed class GrowthTests
{
    private const double Tolerance = 10;
    private const int Readings = 400;

    private static readonly double[] Noise = CreateNoise();

    [Test]
    public void Find_Noise_None() => Find(i => 100 + Noise[i]).Should().BeNull();

    [Test]
    public void Find_GrowthBelowNoise_Growth() => Find(i => 100 + Noise[i] + (20.0 * i / Readings)).Should().Contain("grows");

    [Test]
    public void Find_GrowthWithinTolerance_None() => Find(i => 100 + Noise[i] + (5.0 * i / Readings)).Should().BeNull();

    [Test]
    public void Find_GrowthWithinRelativeTolerance_None() => Find(i => 100 + (20.0 * i / Readings), relativeTolerance: 0.2).Should().BeNull();

    [Test]
    public void Find_SawTooth_None() => Find(i => 100 + (i % 40)).Should().BeNull();

    [Test]
    public void Find_RisingSawTooth_Growth() => Find(i => 100 + (i % 40) + (i / 10.0)).Should().Contain("grows");

    [Test]
    public void Find_EveryFifthReadingIsAPeak_None() => Find(i => i % 5 == 0 ? 100 + (10 * i) : 100).Should().BeNull();

    [Test]
    public void Find_GrowthDuringWarmUp_None() => Find(i => Math.Min(i, Readings * 0.24)).Should().BeNull();

    [Test]
    public void Find_CacheThatIsFullAfterHalfOfTheTime_None() => Find(i => Math.Min(i, Readings * 0.6)).Should().BeNull();

    [Test]
    public void Find_Fall_None() => Find(i => 1000 - i).Should().BeNull();

    [Test]
    public void Find_FewReadings_None() => Find(i => 100 * i, Growth.LeastReadings).Should().BeNull();

    [Test]
    public void Find_GaugeShowsNothingForAWhile_ExaminesTheRest() => Find(i => i < 200 ? null : i).Should().Contain("grows");

    private static double[] CreateNoise()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Readings).Select(_ => (random.NextDouble() * 30) - 15)];
    }

    private static string? Find(Func<int, double?> value, int readings = Readings, double relativeTolerance = 0)
    {
        int next = 0;
        var series = new Series(new Gauge("heap MB", () => value(next), Tolerance, relativeTolerance));
        for (; next < readings; next++)
            series.Read(next);
        return Growth.Find(series);
    }
}
