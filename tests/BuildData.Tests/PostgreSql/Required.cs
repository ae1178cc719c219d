namespace BuildData.Tests;

/// <summary>Decides what becomes of a test whose programs are not on this machine.</summary>
internal static class Required
{
    /// <summary>Starts a server, or skips the test if there can be none.</summary>
    /// <param name="durable">Whether what is committed goes to the disk, which takes time.</param>
    public static Task<PostgreSqlServer> StartServer(bool durable)
    {
        SkipIfMissing(PostgreSqlServer.Missing);
        return PostgreSqlServer.Start(durable);
    }

    /// <summary>Starts a pgbouncer in front of a server, or skips the test if there can be none.</summary>
    public static Task<PgBouncer> StartBouncer(PostgreSqlServer server, string poolMode)
    {
        SkipIfMissing(PgBouncer.Missing);
        return PgBouncer.Start(server, poolMode);
    }

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
