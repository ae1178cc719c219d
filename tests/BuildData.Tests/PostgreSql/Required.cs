namespace BuildData.Tests;

/// <summary>Decides what becomes of a test whose programs are not on this machine.</summary>
internal static class Required
{
    /// <summary>Skips the test, or fails it if BUILDDATA_REQUIRE_POSTGRESQL is set.</summary>
    /// <param name="missing">What is missing; null if nothing is.</param>
    public static void SkipIfMissing(string? missing)
    {
        if (missing is null)
            return;
        if (Environment.GetEnvironmentVariable("BUILDDATA_REQUIRE_POSTGRESQL") is { Length: > 0 })
            Assert.Fail(missing);
        Assert.Ignore(missing);
    }
}
